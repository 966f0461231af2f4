namespace Newsletter.Rendering;

/// <summary>What an editor writes to those who got an edition.</summary>
public sealed record CorrectionModel : LetterModel
{
    /// <summary>One line.</summary>
    public required string Subject { get; init; }

    /// <summary>Paragraphs divided by a blank line.</summary>
    public required string Text { get; init; }

    /// <summary>As it is to be read: <c>The Weekly Brief of Monday, 2 March 2026</c>.</summary>
    public required string Edition { get; init; }

    /// <summary>The article it is about; null when it is about the edition.</summary>
    public string? ItemTitle { get; init; }

    /// <summary>The article's page with us, absolute http(s); null without an article.</summary>
    public string? ItemUrl { get; init; }

    public required string PreferencesUrl { get; init; }

    public required string UnsubscribeUrl { get; init; }
}
