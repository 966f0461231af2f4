namespace Newsletter.Rendering;

/// <summary>A correction: an editor's message to the recipients of an edition.</summary>
public sealed record CorrectionModel : LetterModel
{
    /// <summary>One line.</summary>
    public required string Subject { get; init; }

    /// <summary>Paragraphs separated by blank lines.</summary>
    public required string Text { get; init; }

    /// <summary>Display name: <c>The Weekly Brief of Monday, 2 March 2026</c>.</summary>
    public required string Edition { get; init; }

    /// <summary>Title of the corrected article; null if the correction is about the whole edition.</summary>
    public string? ItemTitle { get; init; }

    /// <summary>The article's page on this site, absolute http(s); null without an article.</summary>
    public string? ItemUrl { get; init; }

    public required string PreferencesUrl { get; init; }

    public required string UnsubscribeUrl { get; init; }
}
