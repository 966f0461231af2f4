using System.Buffers;

namespace Newsletter.MailCatcher;

/// <summary>
/// Decodes the message after DATA (RFC 5321 section 4.5.2). It ends only at CRLF dot CRLF: a less strict server that accepts a bare LF
/// before or after the dot is open to SMTP smuggling. A dot at the start of any other line is removed.
/// </summary>
internal sealed class Body(int maxBytes)
{
    private readonly ArrayBufferWriter<byte> written = new(64 * 1024);
    private bool atLineStart = true;

    /// <summary>The message is larger than allowed; the rest was read and discarded.</summary>
    public bool IsTooLong { get; private set; }

    public byte[] ToArray() => written.WrittenSpan.ToArray();

    /// <summary>Consumes as much input as possible.</summary>
    /// <returns>True if the final dot was found; input after it is not consumed.</returns>
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

        // The last two bytes may be the start of CRLF dot.
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
