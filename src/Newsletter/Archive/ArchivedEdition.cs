using Newsletter.Items;

namespace Newsletter.Archive;

/// <summary>A sent edition in its public form, without any data about readers.</summary>
public sealed record ArchivedEdition
{
    public required long Id { get; init; }
    public required string DigestSlug { get; init; }
    public required string DigestName { get; init; }

    /// <summary>IANA time zone of the digest.</summary>
    public required string Timezone { get; init; }

    /// <summary>When sending began.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The number of articles; with a role filter, the number of fitting articles.</summary>
    public required int Items { get; init; }

    /// <summary>The titles of the first few articles.</summary>
    public required string[] Titles { get; init; }
}

/// <summary>An article of a public edition.</summary>
public sealed record PublishedItem
{
    public required long Id { get; init; }
    public required ItemContent Content { get; init; }

    /// <summary>When sending of the first public edition with the article began.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The later of the last text change and the publication.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A digest that has public editions.</summary>
public sealed record ArchivedDigest
{
    public required string Slug { get; init; }
    public required string Name { get; init; }
}
