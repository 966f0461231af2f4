namespace Newsletter.Notices;

/// <summary>An editor's message to the readers who got an edition.</summary>
public sealed record Correction
{
    public required long Id { get; init; }

    public required long EditionId { get; init; }

    /// <summary>One line.</summary>
    public required string Subject { get; init; }

    /// <summary>Paragraphs separated by a blank line.</summary>
    public required string Text { get; init; }

    public required string DigestName { get; init; }

    /// <summary>IANA zone of the digest.</summary>
    public required string Timezone { get; init; }

    /// <summary>When the edition's sending began.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The article it is about; null when it is about the whole edition.</summary>
    public long? ItemId { get; init; }

    public string? ItemTitle { get; init; }

    /// <summary>The secret of the article, which its signed address contains.</summary>
    public long? ItemSecret { get; init; }

    /// <summary>Whether the edition's mails link to articles by signed addresses.</summary>
    public bool SignsItems { get; init; }
}
