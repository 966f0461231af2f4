namespace Newsletter.Items;

/// <summary>One curated article, imported once.</summary>
public sealed record Item
{
    public required long Id { get; init; }

    /// <summary>The revision that <see cref="Content"/> is: what an edition keeps when it is planned.</summary>
    public required long RevisionId { get; init; }

    public required ItemContent Content { get; init; }

    /// <summary>In the order of the line, then those an editor added.</summary>
    public required IReadOnlyList<ItemLabel> BestFor { get; init; }

    /// <summary>Whom the key takeaway addresses: "For AI/ML Directors …".</summary>
    public ItemLabel? AddressedTo { get; init; }

    public required DateTimeOffset ImportedAt { get; init; }

    /// <summary>Null while it is a candidate for digests.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }
}

/// <summary>A role label of an item, and the roles it means today; none while it waits for review.</summary>
public sealed record ItemLabel(string Label, IReadOnlyList<string> Roles);

/// <summary>An item as planning sees it.</summary>
/// <param name="Roles">Role id and the label that means it, in the order of the labels; a role may stand twice.</param>
public sealed record Candidate(long ItemId, long RevisionId, string Title, DateTimeOffset PublishedAt, IReadOnlyList<(int RoleId, string Label)> Roles);

/// <summary>What an import did to an item.</summary>
public enum ItemChange
{
    Unchanged,
    Imported,
    Updated,
}
