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

/// <param name="Kind">
/// <c>seen</c>, <c>muted</c>, <c>excluded</c>, <c>same_story</c>, <c>variety</c>, <c>lower_fit</c> (over the limit),
/// <c>no_fit</c> (for none of the reader's roles) or <c>fits</c> (it would come today).
/// </param>
/// <param name="Reason">The same in words.</param>
public sealed record WithheldItem(long Id, string Title, string Kind, string Reason)
{
    public const string NoFit = "no_fit";
}
