using System.Text.Json.Serialization;
using Newsletter.Choosing;
using Newsletter.Items;

namespace Newsletter.Newsroom;

/// <summary>What a reader gets from an edition.</summary>
public sealed record Explanation
{
    public required string Subscriber { get; init; }

    /// <summary>The state of the delivery.</summary>
    public required string State { get; init; }

    /// <summary>The reason of a skipped delivery, or the server's reply; null otherwise.</summary>
    public string? Note { get; init; }

    public required IReadOnlyList<ExplainedItem> Items { get; init; }
    public required IReadOnlyList<WithheldItem> Withheld { get; init; }
}

public sealed record ExplainedItem(long Id, string Title, int Position, string? Section, Depth Depth, IReadOnlyList<ExplainedReason> Reasons);

/// <param name="Kind">See <see cref="Reason"/>.</param>
/// <param name="Text">The reason as a sentence for the reader.</param>
/// <param name="ForWhom">The reader's role or topic that the item was chosen for; null if none.</param>
public sealed record ExplainedReason(string Kind, string Text, string? ForWhom);

/// <param name="Kind">
/// <c>seen</c>, <c>muted</c>, <c>excluded</c>, <c>same_story</c>, <c>variety</c>, <c>lower_fit</c> (over the limit),
/// <c>no_fit</c> (fits none of the reader's roles) or <c>fits</c> (would be chosen today).
/// </param>
/// <param name="Reason">The reason as a sentence for the reader.</param>
public sealed record WithheldItem(long Id, string Title, string Kind, string Reason)
{
    /// <summary>The item fits the reader, but was left out because of another item, a limit, the reader's history or a muted topic.</summary>
    [JsonIgnore]
    public bool FitsButLeftOut => Kind is WithheldText.Seen or WithheldText.Muted or WithheldText.SameStory or WithheldText.Variety
        or WithheldText.LowerFit;
}
