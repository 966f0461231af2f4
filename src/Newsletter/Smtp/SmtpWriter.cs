using System.Buffers.Text;
using System.Text;
using Newsletter.Mime;

namespace Newsletter.Smtp;

/// <summary>Writes commands and the content of mails to a server, in few large writes.</summary>
internal sealed class SmtpWriter(Stream stream)
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Reserved for commands: longer than any command with two addresses (RFC 5321, 4.5.3.1.4).</summary>
    private const int CommandReserve = 1024;

    private readonly byte[] buffer = new byte[BufferSize];
    private int length;
    private bool isAtLineStart;

    public void Command(ReadOnlySpan<byte> words)
    {
        Append(words);
        Append("\r\n"u8);
    }

    /// <param name="size">Octets of the mail, if the server supports SIZE (RFC 1870).</param>
    public void Mail(string from, int? size)
    {
        Append("MAIL FROM:<"u8);
        Append(from);
        Append(">"u8);
        if (size is { } octets)
        {
            Append(" SIZE="u8);
            Utf8Formatter.TryFormat(octets, buffer.AsSpan(length), out var digits);
            length += digits;
        }
        Append("\r\n"u8);
    }

    public void Rcpt(string to)
    {
        Append("RCPT TO:<"u8);
        Append(to);
        Append(">\r\n"u8);
    }

    /// <summary>Writes everything except the final dot; the last part may stay in the buffer.</summary>
    public async ValueTask ContentAsync(WireMail mail, CancellationToken cancel)
    {
        isAtLineStart = true;
        await ContentAsync(mail.Head, cancel);
        await ContentAsync("\r\n"u8.ToArray(), cancel);
        foreach (var segment in mail.Body)
        {
            await ContentAsync(segment, cancel);
        }
    }

    /// <summary>Ends the mail with a dot on a separate line.</summary>
    public ValueTask DotAsync(CancellationToken cancel)
    {
        Append(isAtLineStart ? ".\r\n"u8 : "\r\n.\r\n"u8);
        isAtLineStart = true;
        return FlushAsync(cancel);
    }

    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        await stream.WriteAsync(buffer.AsMemory(0, length), cancel);
        length = 0;
    }

    private async ValueTask ContentAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        while (!octets.IsEmpty)
        {
            // Keep the reserve free for what follows: the dot, or the next commands.
            if (length >= BufferSize - CommandReserve)
            {
                await FlushAsync(cancel);
            }
            octets = octets[Fill(octets.Span)..];
        }
    }

    /// <summary>Copies octets into the buffer, and doubles a dot that begins a line (RFC 5321, 4.5.2).</summary>
    /// <returns>The number of octets copied.</returns>
    private int Fill(ReadOnlySpan<byte> octets)
    {
        if (isAtLineStart && octets[0] == (byte)'.')
        {
            buffer[length++] = (byte)'.';
        }
        var taken = octets[..Math.Min(octets.Length, BufferSize - CommandReserve - length + 1)];
        if (taken.IndexOf("\n."u8) is >= 0 and var dot)
        {
            taken = taken[..(dot + 1)];
        }
        taken.CopyTo(buffer.AsSpan(length));
        length += taken.Length;
        isAtLineStart = taken[^1] == (byte)'\n';
        return taken.Length;
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(buffer.AsSpan(length));
        length += octets.Length;
    }

    private void Append(string address) => length += Encoding.ASCII.GetBytes(address, buffer.AsSpan(length));
}
