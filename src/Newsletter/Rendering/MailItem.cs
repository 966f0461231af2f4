namespace Newsletter.Rendering;

/// <summary>An item as it stands in one mail: the fragment that all share, and what is this mail's own.</summary>
/// <param name="Reasons">Why it was chosen.</param>
/// <param name="Section">The heading above it; null where none begins.</param>
public sealed record MailItem(Fragment Fragment, ReasonsLine Reasons, SectionHeading? Section);

/// <summary>Why an item was chosen, in one line, encoded once for all who got it for these reasons.</summary>
public sealed class ReasonsLine(string text)
{
    public Piece Html { get; } = new(QuotedPrintable.Encode(OutsideText.Escape(OutsideText.Clean(text))), null);

    public Piece Text { get; } = new(QuotedPrintable.Encode(Wrapping.Wrap(OutsideText.Clean(text))), null);
}

/// <summary>What a section is named after: a role of the reader's.</summary>
public sealed record SectionModel(string Name);

/// <summary>The heading above the items for one role, rendered and encoded.</summary>
public sealed record SectionHeading(EncodedText Html, EncodedText Text);
