using System.Text;

namespace Newsletter.Smtp;

/// <summary>Reads replies (RFC 5321, 4.2.1): one line, or several lines of which all but the last have a hyphen after the code.</summary>
internal sealed class SmtpReplyReader(Stream stream)
{
    /// <summary>Far above the 512 octets of RFC 5321, 4.5.3.1.5; a limit for a server that sends without end.</summary>
    private const int LongestReply = 16 * 1024;

    private readonly byte[] buffer = new byte[LongestReply];
    private int start;
    private int end;

    /// <summary>The server has sent more than was read.</summary>
    public bool HasMore => end > start;

    /// <param name="keepsText">Keep the text of a positive reply, too.</param>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="IOException">The connection was lost, or the server's data is not a reply.</exception>
    public async ValueTask<SmtpReply> ReadAsync(CancellationToken cancel, bool keepsText = false)
    {
        while (true)
        {
            if (TryTake(keepsText, out var reply))
            {
                return reply;
            }
            if (start > 0)
            {
                buffer.AsSpan(start..end).CopyTo(buffer);
                (start, end) = (0, end - start);
            }
            if (end == buffer.Length)
            {
                throw new IOException("the server's reply is too long");
            }
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
            if (read == 0)
            {
                throw new EndOfStreamException("the server closed the connection");
            }
            end += read;
        }
    }

    private bool TryTake(bool keepsText, out SmtpReply reply)
    {
        var rest = buffer.AsSpan(start..end);
        var taken = 0;
        while (rest[taken..].IndexOf((byte)'\n') is >= 0 and var lineEnd)
        {
            var line = rest.Slice(taken, lineEnd).TrimEnd((byte)'\r');
            taken += lineEnd + 1;
            if (line is not [>= (byte)'2' and <= (byte)'5', >= (byte)'0' and <= (byte)'9', >= (byte)'0' and <= (byte)'9', ..]
                || line is [_, _, _, not ((byte)' ' or (byte)'-'), ..])
            {
                throw new IOException("the server does not speak SMTP");
            }
            if (line is not [_, _, _, (byte)'-', ..])
            {
                var code = (100 * (line[0] - '0')) + (10 * (line[1] - '0')) + line[2] - '0';
                // The text of a positive reply is not needed: nothing is allocated for it.
                reply = new SmtpReply(code, code < 400 && !keepsText ? "" : Text(rest[..taken]));
                start += taken;
                return true;
            }
        }
        reply = default;
        return false;
    }

    /// <summary>All lines without their codes.</summary>
    private static string Text(ReadOnlySpan<byte> lines) =>
        string.Join('\n', Encoding.UTF8.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimEnd('\r')).Select(line => line.Length > 4 ? line[4..].Trim() : ""));
}
