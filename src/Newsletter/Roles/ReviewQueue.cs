namespace Newsletter.Roles;

/// <summary>The labels that wait for an editor.</summary>
/// <param name="Waiting">All there are.</param>
/// <param name="Labels">Those that most items and subscribers carry.</param>
public sealed record ReviewQueue(int Waiting, IReadOnlyList<UnknownLabel> Labels);

/// <summary>A label that no role knows yet and that some item or subscriber carries.</summary>
public sealed record UnknownLabel
{
    public required int Id { get; init; }
    public required string Text { get; init; }

    /// <summary>Items that carry it and are not archived.</summary>
    public required int Items { get; init; }

    /// <summary>Subscribers that carry it and have not left.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Up to three roles it may mean, best first.</summary>
    public IReadOnlyList<Role> Suggestions { get; init; } = [];
}
