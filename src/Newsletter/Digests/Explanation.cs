using Newsletter.Items;

namespace Newsletter.Digests;

/// <summary>A reader's part in an edition.</summary>
public sealed record Explanation
{
    public required string Subscriber { get; init; }

    /// <summary>The delivery's.</summary>
    public required string State { get; init; }

    /// <summary>Why it was skipped, or what the server said; null otherwise.</summary>
    public string? Note { get; init; }

    public required IReadOnlyList<ExplainedItem> Items { get; init; }
    public required IReadOnlyList<WithheldItem> Withheld { get; init; }
}

public sealed record ExplainedItem(long Id, string Title, int Position, string? Section, Depth Depth, IReadOnlyList<Reason> Reasons);

public sealed record WithheldItem(long Id, string Title, string Reason);
