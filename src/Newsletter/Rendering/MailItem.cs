using System.Text;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>An item in one mail: the shared fragment, and the parts that differ by mail.</summary>
/// <param name="Reasons">The reasons it was chosen.</param>
/// <param name="Section">The section heading above it; null if no section begins here.</param>
public sealed record MailItem(Fragment Fragment, ReasonsLine Reasons, SectionHeading? Section)
{
    /// <summary>Size of the decoded HTML in bytes.</summary>
    public int Size => Fragment.Size + Reasons.Size + (Section?.Size ?? 0);
}

/// <summary>The reasons an item was chosen, on one line; encoded once for all readers with the same reasons.</summary>
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

    /// <summary>Size of the decoded HTML in bytes.</summary>
    public int Size { get; }
}

/// <summary>Data for a section heading: the name of one of the reader's roles.</summary>
public sealed record SectionModel(string Name) : IBranded
{
    public BrandOptions Brand { get; init; } = BrandOptions.Default;
}

/// <summary>The heading above the items for one role, rendered and encoded.</summary>
public sealed record SectionHeading(EncodedText Html, EncodedText Text)
{
    /// <summary>Size of the decoded HTML in bytes.</summary>
    public int Size { get; init; }
}
