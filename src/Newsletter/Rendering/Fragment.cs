using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>One item, rendered and encoded. Shared by all compositions that contain it; thread-safe.</summary>
public sealed record Fragment
{
    private const int InPreheader = 70;

    private byte[]? preheader;

    public required string Title { get; init; }

    /// <summary>The start of the summary on one line, for the preheader; empty without a summary.</summary>
    public required string Teaser { get; init; }

    public required int Minutes { get; init; }

    public required EncodedText Html { get; init; }

    public required EncodedText Text { get; init; }

    /// <summary>The item's line in the list of titles.</summary>
    public required EncodedText TitleHtml { get; init; }

    public required EncodedText TitleText { get; init; }

    /// <summary>Size of the decoded <see cref="Html"/> in bytes, without the reasons.</summary>
    public int Size { get; init; }

    /// <summary>Size of the decoded <see cref="TitleHtml"/> in bytes.</summary>
    public int TitleSize { get; init; }

    /// <summary>The shortened title for a preheader that lists several titles. Encoded on first use; a race only encodes it twice.</summary>
    internal Piece Preheader => new(preheader ??= QuotedPrintable.Encode(UntrustedText.Escape(UntrustedText.OneLine(Title, InPreheader))), null);
}

/// <summary>The part of a mail around the items, rendered and encoded once per edition.</summary>
public sealed record Frame(EncodedText Html, EncodedText Text)
{
    /// <summary>Size of the decoded <see cref="Html"/> in bytes, without the placeholders' values.</summary>
    public int Size { get; init; }
}
