namespace Newsletter.Web;

/// <summary>What else this process shows.</summary>
/// <param name="HasOutbox">Whether caught mails are shown at /outbox, so that pages link there.</param>
public sealed record HostFeatures(bool HasOutbox);
