using System.Text;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>An item as it stands in one mail: the fragment that all share, and what is this mail's own.</summary>
/// <param name="Reasons">Why it was chosen.</param>
/// <param name="Section">The heading above it; null where none begins.</param>
public sealed record MailItem(Fragment Fragment, ReasonsLine Reasons, SectionHeading? Section)
{
    /// <summary>Octets of HTML as a reader's program gets it.</summary>
    public int Size => Fragment.Size + Reasons.Size + (Section?.Size ?? 0);
}

/// <summary>Why an item was chosen, in one line, encoded once for all who got it for these reasons.</summary>
public sealed class ReasonsLine
{
    public ReasonsLine(string text)
    {
        var escaped = UntrustedText.Escape(UntrustedText.Clean(text));
        Html = new(QuotedPrintable.Encode(escaped), null);
        Text = new(QuotedPrintable.Encode(Wrapping.Wrap(UntrustedText.Clean(text))), null);
        Size = Encoding.UTF8.GetByteCount(escaped);
    }

    public Piece Html { get; }

    public Piece Text { get; }

    /// <summary>Octets of HTML as a reader's program gets it.</summary>
    public int Size { get; }
}

/// <summary>What a section is named after: a role of the reader's.</summary>
public sealed record SectionModel(string Name) : IBranded
{
    public BrandOptions Brand { get; init; } = BrandOptions.Default;
}

/// <summary>The heading above the items for one role, rendered and encoded.</summary>
public sealed record SectionHeading(EncodedText Html, EncodedText Text)
{
    /// <summary>Octets of HTML as a reader's program gets it.</summary>
    public int Size { get; init; }
}
