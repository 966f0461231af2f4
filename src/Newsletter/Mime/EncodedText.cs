namespace Newsletter.Mime;

/// <summary>Either bytes that are equal for all readers, or a placeholder (and no bytes).</summary>
public readonly record struct Piece(ReadOnlyMemory<byte> Octets, Placeholder? Placeholder);

/// <summary>Rendered text, quoted-printable encoded once and split at its placeholders.</summary>
public sealed record EncodedText(IReadOnlyList<Piece> Pieces)
{
    /// <param name="rendered">Output of a template; any kind of line ends.</param>
    public static EncodedText Cut(string rendered)
    {
        var text = rendered.ReplaceLineEndings("\n");
        var pieces = new List<Piece>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            Placeholder? placeholder = i < text.Length && UntrustedText.IsToken(text[i], out var found) ? found : null;
            if (placeholder is null && i < text.Length)
            {
                continue;
            }

            if (i > start)
            {
                pieces.Add(new(QuotedPrintable.Encode(text.AsSpan(start, i - start)), null));
            }

            if (placeholder is not null)
            {
                pieces.Add(new(default, placeholder));
            }

            start = i + 1;
        }

        return new(pieces);
    }
}
