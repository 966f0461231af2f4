namespace Newsletter.Membership;

/// <summary>A request to be subscribed that has not expired.</summary>
public sealed record SignUpRequest
{
    public required long SubscriberId { get; init; }

    /// <summary>Null, like <see cref="Topics"/>: the choices are already in the subscriber's row.</summary>
    public required int[]? LabelIds { get; init; }

    public required string[]? Topics { get; init; }

    /// <summary>Whether its link can still confirm.</summary>
    public required bool IsOpen { get; init; }
}
