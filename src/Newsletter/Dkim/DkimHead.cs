using System.Buffers;
using System.Text;

namespace Newsletter.Dkim;

/// <summary>Selects the header fields that are signed, and converts them to relaxed form (RFC 6376, 3.4.2).</summary>
internal static class DkimHead
{
    /// <summary>
    /// Signed if present. Sealed fields are listed once more than they occur (oversigning): the signature becomes invalid if an attacker
    /// adds another field of that name, which some programs would show instead of ours (RFC 6376, 8.15).
    /// </summary>
    private static readonly (string Name, bool IsSealed)[] Signed =
    [
        ("From", true), ("To", true), ("Subject", true), ("Date", false), ("Message-ID", false), ("Reply-To", false), ("MIME-Version", false),
        ("Content-Type", false), ("List-Id", false), ("List-Unsubscribe", false), ("List-Unsubscribe-Post", false), ("Feedback-ID", false),
    ];

    private static readonly byte[][] Names = [.. Signed.Select(field => Encoding.ASCII.GetBytes(field.Name))];

    /// <summary>Writes the signed fields in relaxed form, each ending in CRLF, and their names in the order required for <c>h=</c>.</summary>
    /// <param name="head">Complete fields, each ending in CRLF.</param>
    public static void Write(ReadOnlySpan<byte> head, IBufferWriter<byte> relaxed, List<string> names)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            // Fields with the same name are signed from the bottom up (RFC 6376, 5.4.2).
            var rest = head;
            while (TryFindLast(rest, Names[i], out var field))
            {
                WriteRelaxed(rest[field], relaxed);
                relaxed.Write("\r\n"u8);
                names.Add(Signed[i].Name);
                rest = rest[..field.Start];
            }
            if (Signed[i].IsSealed)
            {
                names.Add(Signed[i].Name);
            }
        }
    }

    /// <summary>Writes the field without its line end: name in lower case, unfolded, white space collapsed to one space and trimmed.</summary>
    /// <param name="field">One field.</param>
    public static void WriteRelaxed(ReadOnlySpan<byte> field, IBufferWriter<byte> to)
    {
        var colon = field.IndexOf((byte)':');
        var room = to.GetSpan(field.Length);
        var length = 0;
        foreach (var octet in field[..colon].TrimEnd(" \t"u8))
        {
            room[length++] = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        }
        room[length++] = (byte)':';
        var begin = length;
        var isSpaced = false;
        foreach (var octet in field[(colon + 1)..])
        {
            switch (octet)
            {
                case (byte)' ' or (byte)'\t':
                    isSpaced = true;
                    break;
                case (byte)'\r' or (byte)'\n':
                    break;
                default:
                    if (isSpaced && length > begin)
                    {
                        room[length++] = (byte)' ';
                    }
                    isSpaced = false;
                    room[length++] = octet;
                    break;
            }
        }
        to.Advance(length);
    }

    private static bool TryFindLast(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out Range field)
    {
        field = default;
        var isFound = false;
        for (int start = 0, end; start < head.Length; start = end)
        {
            end = EndOf(head, start);
            var line = head[start..end];
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name)
                && line[name.Length..].TrimStart(" \t"u8) is [(byte)':', ..])
            {
                (field, isFound) = (start..end, true);
            }
        }
        return isFound;
    }

    /// <summary>End of the field that starts at <paramref name="start"/>: lines that begin with white space continue it.</summary>
    private static int EndOf(ReadOnlySpan<byte> head, int start)
    {
        for (var at = start; ;)
        {
            var lineEnd = head[at..].IndexOf((byte)'\n');
            at = lineEnd < 0 ? head.Length : at + lineEnd + 1;
            if (at == head.Length || head[at] is not ((byte)' ' or (byte)'\t'))
            {
                return at;
            }
        }
    }
}
