using System.Buffers;

namespace Newsletter.MailCatcher;

/// <summary>
/// The message after DATA (RFC 5321 section 4.5.2): ends at CRLF dot CRLF and nowhere else (a bare LF before or after
/// the dot smuggles a second message past servers that are less strict); a dot at the start of any other line is taken away.
/// </summary>
internal sealed class Body(int maxBytes)
{
    private readonly ArrayBufferWriter<byte> written = new(64 * 1024);
    private bool atLineStart = true;

    /// <summary>More came than is allowed; the rest was read and thrown away.</summary>
    public bool IsTooLong { get; private set; }

    public byte[] ToArray() => written.WrittenSpan.ToArray();

    /// <summary>Takes what it can. True: the final dot was there, and what follows it is still in the reader.</summary>
    public bool Take(ref SequenceReader<byte> input)
    {
        while (true)
        {
            if (atLineStart && input.TryPeek(out var next))
            {
                if (next == '.')
                {
                    if (input.Remaining < 3)
                    {
                        return false;
                    }

                    if (input.IsNext(".\r\n"u8, advancePast: true))
                    {
                        return true;
                    }

                    input.Advance(1);
                }

                atLineStart = false;
            }

            if (!input.TryReadTo(out ReadOnlySequence<byte> upToLineEnd, "\r\n."u8))
            {
                break;
            }

            Write(upToLineEnd);
            Write(new ReadOnlySequence<byte>(LineEnd));
            input.Rewind(1);
            atLineStart = true;
        }

        // The last two bytes may be the beginning of CRLF dot.
        var certain = Math.Max(0, input.Remaining - 2);
        Write(input.UnreadSequence.Slice(0, certain));
        input.Advance(certain);
        return false;
    }

    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    private void Write(ReadOnlySequence<byte> bytes)
    {
        IsTooLong |= written.WrittenCount + bytes.Length > maxBytes;
        if (IsTooLong)
        {
            return;
        }

        foreach (var piece in bytes)
        {
            written.Write(piece.Span);
        }
    }
}
