namespace Newsletter.Subscribers;

/// <summary>A subscriber's row that is locked by the running transaction.</summary>
public sealed record LockedSubscriber
{
    public required long Id { get; init; }

    /// <summary><c>pending</c>, <c>confirmed</c> or <c>unsubscribed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Whether this transaction inserted the row.</summary>
    public required bool Added { get; init; }
}
