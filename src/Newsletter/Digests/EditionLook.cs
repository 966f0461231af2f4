using Newsletter.Rendering;

namespace Newsletter.Digests;

/// <summary>How the mails of an edition look: by which templates they are rendered, and what their frame says.</summary>
public sealed record EditionLook(Renderer Renderer, DigestModel Frame);
