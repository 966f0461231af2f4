namespace Newsletter.Rendering;

/// <summary>One item, rendered and encoded; shared by all compositions it stands in, and by all threads.</summary>
public sealed record Fragment
{
    public required string Title { get; init; }

    /// <summary>The beginning of the summary, one line, for inboxes; empty without a summary.</summary>
    public required string Teaser { get; init; }

    public required int Minutes { get; init; }

    public required EncodedText Html { get; init; }

    public required EncodedText Text { get; init; }

    /// <summary>Its line in the list of titles.</summary>
    public required EncodedText TitleHtml { get; init; }

    public required EncodedText TitleText { get; init; }
}

/// <summary>What stands around the items, rendered and encoded once an edition.</summary>
public sealed record Frame(EncodedText Html, EncodedText Text);
