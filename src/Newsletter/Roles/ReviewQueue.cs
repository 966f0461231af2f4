namespace Newsletter.Roles;

/// <summary>The labels that wait for an editor.</summary>
/// <param name="Waiting">The number of all labels that wait.</param>
/// <param name="Labels">The labels that most items and subscribers have.</param>
public sealed record ReviewQueue(int Waiting, IReadOnlyList<UnknownLabel> Labels);

/// <summary>A label that resolves to no role yet and that an item or a subscriber has.</summary>
public sealed record UnknownLabel
{
    public required int Id { get; init; }
    public required string Text { get; init; }

    /// <summary>Items that have it and are not archived.</summary>
    public required int Items { get; init; }

    /// <summary>Subscribers that have it and have not unsubscribed.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Up to three roles that it may mean, best first.</summary>
    public IReadOnlyList<Role> Suggestions { get; init; } = [];
}
