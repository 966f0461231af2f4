using Newsletter.Rendering;

namespace Newsletter.Sending;

/// <summary>The templates by which the mails of an edition are rendered, and the content of their frame.</summary>
/// <param name="SignsItems">Whether the mails link to the pages of items by signed links.</param>
public sealed record EditionDesign(Renderer Renderer, DigestModel Frame, bool SignsItems);
