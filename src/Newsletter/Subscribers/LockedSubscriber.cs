namespace Newsletter.Subscribers;

/// <summary>A subscriber's row that the running transaction holds.</summary>
public sealed record LockedSubscriber
{
    public required long Id { get; init; }

    /// <summary><c>pending</c>, <c>confirmed</c> or <c>unsubscribed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Whether this transaction made the row.</summary>
    public required bool Added { get; init; }
}
