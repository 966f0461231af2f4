namespace Newsletter.Mime;

/// <summary>The two alternatives of a mail's body, encoded and cut where each person's mail differs.</summary>
public abstract class MailParts
{
    /// <summary>Pieces of the HTML part; the placeholders are those of <see cref="MergeFields"/>.</summary>
    public abstract IReadOnlyList<Piece> Html { get; }

    /// <summary>Pieces of the text part; the placeholders are those of <see cref="MergeFields"/>.</summary>
    public abstract IReadOnlyList<Piece> Text { get; }
}
