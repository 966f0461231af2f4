namespace Newsletter.Web.Pages.Public;

/// <summary>What others show when they link to a public page (Open Graph), its one address, and the feed that belongs to it.</summary>
/// <param name="Type"><c>article</c> or <c>website</c>.</param>
/// <param name="Url">Absolute, the same whichever way the page was reached.</param>
/// <param name="Feed">Absolute.</param>
public sealed record OpenGraph(string Type, string Title, string Description, string Url, string Feed);
