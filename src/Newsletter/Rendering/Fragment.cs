using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>One item, rendered and encoded; shared by all compositions it stands in, and by all threads.</summary>
public sealed record Fragment
{
    private const int InPreheader = 70;

    private byte[]? preheader;

    public required string Title { get; init; }

    /// <summary>The beginning of the summary, one line, for inboxes; empty without a summary.</summary>
    public required string Teaser { get; init; }

    public required int Minutes { get; init; }

    public required EncodedText Html { get; init; }

    public required EncodedText Text { get; init; }

    /// <summary>Its line in the list of titles.</summary>
    public required EncodedText TitleHtml { get; init; }

    public required EncodedText TitleText { get; init; }

    /// <summary>Octets of <see cref="Html"/> as a reader's program gets it, reasons not counted.</summary>
    public int Size { get; init; }

    /// <summary>Octets of <see cref="TitleHtml"/> as a reader's program gets it.</summary>
    public int TitleSize { get; init; }

    /// <summary>The title, shortened, as it stands among others in a preheader.</summary>
    internal Piece Preheader => new(preheader ??= QuotedPrintable.Encode(UntrustedText.Escape(UntrustedText.OneLine(Title, InPreheader))), null);
}

/// <summary>What stands around the items, rendered and encoded once an edition.</summary>
public sealed record Frame(EncodedText Html, EncodedText Text)
{
    /// <summary>Octets of <see cref="Html"/> as a reader's program gets it, marks not counted.</summary>
    public int Size { get; init; }
}
