namespace Newsletter.Membership;

/// <summary>A request to be subscribed that has not expired.</summary>
public sealed record SignUpRequest
{
    public required long SubscriberId { get; init; }

    /// <summary>Null, and <see cref="Topics"/> too: the choices stand in the subscriber's row already.</summary>
    public required int[]? LabelIds { get; init; }

    public required string[]? Topics { get; init; }

    /// <summary>Whether its link still confirms.</summary>
    public required bool IsOpen { get; init; }
}
