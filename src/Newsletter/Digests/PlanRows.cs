namespace Newsletter.Digests;

/// <summary>A subscriber as planning sees one.</summary>
internal readonly record struct Reader(long Id, int[] LabelIds, string? Depth, bool IsSuppressed);

/// <summary>A delivery to be written: due with a composition, or skipped with a reason.</summary>
internal readonly record struct PlannedDelivery(long SubscriberId, int? Composition, string? SkipReason);

/// <summary>The candidates in a composition of an earlier edition.</summary>
internal sealed record PastComposition
{
    public required long EditionId { get; init; }
    public required int Number { get; init; }
    public required long[] ItemIds { get; init; }
}
