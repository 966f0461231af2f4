namespace Newsletter.Subscribers;

/// <summary>How many confirmed subscribers have a role.</summary>
public sealed record RoleCount
{
    /// <summary>Slug.</summary>
    public required string Role { get; init; }

    public required long Subscribers { get; init; }
}
