namespace Newsletter.Web;

/// <summary>Optional parts of this process.</summary>
/// <param name="HasOutbox">Whether caught mails are shown at /outbox, so that pages link there.</param>
public sealed record HostFeatures(bool HasOutbox);
