using System.Security.Cryptography;

namespace Newsletter.Dkim;

/// <summary>
/// Hash of a body in relaxed form (RFC 6376, 3.4.4). Bodies that we encode are already relaxed and are hashed without a copy.
/// </summary>
internal static class DkimBody
{
    private const byte Space = (byte)' ';

    /// <param name="body">Segments in order; line ends are CRLF.</param>
    /// <param name="sha">SHA-256; must have no pending data, and has none afterwards.</param>
    /// <param name="hash">Receives 32 bytes.</param>
    public static void Hash(IReadOnlyList<ReadOnlyMemory<byte>> body, IncrementalHash sha, Span<byte> hash)
    {
        if (IsRelaxed(body))
        {
            foreach (var segment in body)
            {
                sha.AppendData(segment.Span);
            }
        }
        else
        {
            AppendRelaxed(body, sha);
        }
        sha.GetHashAndReset(hash);
    }

    /// <summary>
    /// True if the body has no tabs, no consecutive spaces, no spaces at line ends, and exactly one line end at its end. Takes a few
    /// microseconds.
    /// </summary>
    internal static bool IsRelaxed(IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        byte last = 0;
        foreach (var segment in body)
        {
            var octets = segment.Span;
            if (octets.IsEmpty)
            {
                continue;
            }
            if ((last == Space && octets[0] is Space or (byte)'\r') || octets.Contains((byte)'\t')
                || octets.IndexOf("  "u8) >= 0 || octets.IndexOf(" \r"u8) >= 0)
            {
                return false;
            }
            last = octets[^1];
        }
        return EndsOnce(body);
    }

    private static bool EndsOnce(IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        Span<byte> end = stackalloc byte[4];
        var left = end.Length;
        for (var i = body.Count - 1; i >= 0 && left > 0; i--)
        {
            var octets = body[i].Span;
            var taken = Math.Min(octets.Length, left);
            octets[^taken..].CopyTo(end[(left - taken)..left]);
            left -= taken;
        }
        end = end[left..];
        return end.Length > 2 && end.EndsWith("\r\n"u8) && !end.StartsWith("\r\n"u8);
    }

    private static void AppendRelaxed(IReadOnlyList<ReadOnlyMemory<byte>> body, IncrementalHash sha)
    {
        var relaxed = new byte[body.Sum(segment => segment.Length) + 2];
        var length = 0;
        var lines = 0;
        var isSpaced = false;
        foreach (var segment in body)
        {
            foreach (var octet in segment.Span)
            {
                switch (octet)
                {
                    case Space or (byte)'\t':
                        isSpaced = true;
                        break;
                    case (byte)'\r':
                        break;
                    case (byte)'\n':
                        // Written only when more text follows: trailing blank lines are not part of the hash.
                        lines++;
                        isSpaced = false;
                        break;
                    default:
                        for (; lines > 0; lines--)
                        {
                            "\r\n"u8.CopyTo(relaxed.AsSpan(length));
                            length += 2;
                        }
                        if (isSpaced)
                        {
                            relaxed[length++] = Space;
                            isSpaced = false;
                        }
                        relaxed[length++] = octet;
                        break;
                }
            }
        }
        if (length > 0)
        {
            "\r\n"u8.CopyTo(relaxed.AsSpan(length));
            sha.AppendData(relaxed.AsSpan(0, length + 2));
        }
    }
}
