using Newsletter.Rendering;

namespace Newsletter.Sending;

/// <summary>The templates of an edition's mails, and the content of their frame.</summary>
/// <param name="SignsItems">Whether the mails link to the pages of items by signed links.</param>
public sealed record EditionDesign(Renderer Renderer, DigestModel Frame, bool SignsItems);
