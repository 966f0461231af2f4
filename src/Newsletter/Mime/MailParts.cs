namespace Newsletter.Mime;

/// <summary>The HTML and text alternatives of a mail's body, encoded and split at the parts that differ by reader.</summary>
public abstract class MailParts
{
    /// <summary>Pieces of the HTML part; the placeholders are those of <see cref="MergeFields"/>.</summary>
    public abstract IReadOnlyList<Piece> Html { get; }

    /// <summary>Pieces of the text part; the placeholders are those of <see cref="MergeFields"/>.</summary>
    public abstract IReadOnlyList<Piece> Text { get; }
}
