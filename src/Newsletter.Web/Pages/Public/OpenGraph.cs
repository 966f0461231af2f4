namespace Newsletter.Web.Pages.Public;

/// <summary>Open Graph tags of a public page, its canonical URL and its feed.</summary>
/// <param name="Type"><c>article</c> or <c>website</c>.</param>
/// <param name="Url">Absolute; the canonical URL.</param>
/// <param name="Feed">Absolute.</param>
public sealed record OpenGraph(string Type, string Title, string Description, string Url, string Feed);
