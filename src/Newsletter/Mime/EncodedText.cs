namespace Newsletter.Mime;

/// <summary>Octets that are the same for all, or the mark of what is filled in here.</summary>
public readonly record struct Piece(ReadOnlyMemory<byte> Octets, Placeholder? Placeholder);

/// <summary>Rendered text, quoted-printable encoded once, cut at its marks.</summary>
public sealed record EncodedText(IReadOnlyList<Piece> Pieces)
{
    /// <param name="rendered">What a template gave; line ends of any kind.</param>
    public static EncodedText Cut(string rendered)
    {
        var text = rendered.ReplaceLineEndings("\n");
        var pieces = new List<Piece>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            Placeholder? mark = i < text.Length && UntrustedText.IsToken(text[i], out var found) ? found : null;
            if (mark is null && i < text.Length)
            {
                continue;
            }

            if (i > start)
            {
                pieces.Add(new(QuotedPrintable.Encode(text.AsSpan(start, i - start)), null));
            }

            if (mark is not null)
            {
                pieces.Add(new(default, mark));
            }

            start = i + 1;
        }

        return new(pieces);
    }
}
