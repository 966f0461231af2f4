using Newsletter.Rendering;

namespace Newsletter.Sending;

/// <summary>How the mails of an edition look: by which templates they are rendered, and what their frame says.</summary>
/// <param name="SignsItems">Whether the mails link to the pages of items by signed addresses.</param>
public sealed record EditionDesign(Renderer Renderer, DigestModel Frame, bool SignsItems);
