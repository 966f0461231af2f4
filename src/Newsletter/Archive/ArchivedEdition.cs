using Newsletter.Items;

namespace Newsletter.Archive;

/// <summary>A sent edition as the public may see it: nothing in it is about a reader.</summary>
public sealed record ArchivedEdition
{
    public required long Id { get; init; }
    public required string DigestSlug { get; init; }
    public required string DigestName { get; init; }

    /// <summary>IANA zone of the digest.</summary>
    public required string Timezone { get; init; }

    /// <summary>When its sending began.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The number of articles; for a role, how many of them fit.</summary>
    public required int Items { get; init; }

    /// <summary>The titles of the first few articles.</summary>
    public required string[] Titles { get; init; }
}

/// <summary>An article of a public edition.</summary>
public sealed record PublishedItem
{
    public required long Id { get; init; }
    public required ItemContent Content { get; init; }

    /// <summary>When the sending of the first public edition with it began.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When its text changed last or when it was published, whichever is later.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A digest that has public editions.</summary>
public sealed record ArchivedDigest
{
    public required string Slug { get; init; }
    public required string Name { get; init; }
}
