namespace Newsletter.Items;

/// <summary>One curated article, imported once.</summary>
public sealed record Item
{
    public required long Id { get; init; }

    /// <summary>The revision of <see cref="Content"/>: a planned edition stores this id.</summary>
    public required long RevisionId { get; init; }

    public required ItemContent Content { get; init; }

    /// <summary>In the order of the line, then the labels that an editor added.</summary>
    public required IReadOnlyList<ItemLabel> BestFor { get; init; }

    /// <summary>The label that the key takeaway addresses: "For AI/ML Directors …".</summary>
    public ItemLabel? AddressedTo { get; init; }

    /// <summary>Ids of the other items that tell the same story, in ascending order: no reader gets two of them.</summary>
    public IReadOnlyList<long> Story { get; init; } = [];

    public required DateTimeOffset ImportedAt { get; init; }

    /// <summary>Null while it is a candidate for digests.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }
}

/// <summary>A role label of an item, and the roles it means today; none while it waits for review.</summary>
public sealed record ItemLabel(string Label, IReadOnlyList<string> Roles);

/// <summary>An item as input of planning.</summary>
public sealed record Candidate
{
    public required long ItemId { get; init; }
    public required long RevisionId { get; init; }

    /// <summary>Items of one story (near-duplicates) share this number; no reader gets a story twice.</summary>
    public required long StoryId { get; init; }

    public required string Title { get; init; }

    /// <summary>When the original was published; if unknown, when the item was imported.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>In the order of the labels; a role may occur twice.</summary>
    public required IReadOnlyList<CandidateRole> Roles { get; init; }

    /// <summary>In the item's spelling; compared without letter case.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    public string? Publication { get; init; }

    /// <summary>Ids of the roles to which its key takeaway is addressed.</summary>
    public IReadOnlyList<int> AddressedTo { get; init; } = [];
}

/// <summary>A role an item is best for, and the label that means it.</summary>
public readonly record struct CandidateRole(int RoleId, string Label);

/// <param name="NearDuplicateOf">The lowest id among the other items of its story; null when it is the only one.</param>
public sealed record SavedItem(long Id, ItemChange Change, long? NearDuplicateOf)
{
    /// <summary>
    /// The previous title, if an update replaced it by an entirely different one: the URL may belong to another article now. Null otherwise.
    /// </summary>
    public string? FormerTitle { get; init; }
}

/// <summary>What an import did to an item.</summary>
public enum ItemChange
{
    Unchanged,
    Imported,
    Updated,
}
