namespace Newsletter.Items;

/// <summary>A stored item, as an import compares it with the new content.</summary>
internal sealed record KnownItem
{
    public required long Id { get; init; }

    public required long StoryId { get; init; }

    public required string Key { get; init; }

    /// <summary>Stored by a version that removed fragment and final slash, so the original URL is unknown.</summary>
    public required bool AddressAltered { get; init; }

    public required ItemContent Content { get; init; }

    public required string ContentHash { get; init; }

    /// <summary>Compares title and text, but not metadata such as topics and roles.</summary>
    public bool HasSameText(ItemContent other) =>
        (Content.Title, Content.Summary, Content.KeyTakeaway, Content.Method) == (other.Title, other.Summary, other.KeyTakeaway, other.Method)
        && Content.KeyInsights.SequenceEqual(other.KeyInsights)
        && Content.Principles.SequenceEqual(other.Principles)
        && Content.InPractice.SequenceEqual(other.InPractice);
}
