using System.Buffers;
using System.Text;

namespace Newsletter.Mime;

/// <summary>
/// Quoted-printable encoding (RFC 2045, 6.7) into pieces that can be concatenated in any order: each piece begins and ends at the start
/// of a line. Lines have at most 76 bytes. No line begins with a dot, so SMTP needs no dot-stuffing (RFC 5321, 4.5.2), or with "From ",
/// which some servers change; a line break never splits a character. The output is already in DKIM's relaxed form (RFC 6376, 3.4.4): it
/// has no consecutive spaces, and tabs are encoded.
/// </summary>
public static class QuotedPrintable
{
    private const int LongestLine = 75; // plus the '=' of a soft line break
    private const int LongestCharacter = 9; // bytes for one UTF-16 unit: =E2=82=AC

    /// <param name="text">Line ends must be LF.</param>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var room = ArrayPool<byte>.Shared.Rent((text.Length * (LongestCharacter + 1)) + 8);
        var length = Encode(text, room);
        var encoded = room.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(room);
        return encoded;
    }

    private static int Encode(ReadOnlySpan<char> text, Span<byte> to)
    {
        Span<byte> utf8 = stackalloc byte[4];
        int length = 0, column = 0;
        var afterSpace = false;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf16(text, out var rune, out var units);
            var rest = text[units..];
            if (rune.Value == '\n')
            {
                "\r\n"u8.CopyTo(to[length..]);
                length += 2;
                column = 0;
                text = rest;
                continue;
            }

            var octets = rune.EncodeToUtf8(utf8);
            var width = IsLiteral(rune.Value, rest) && !(afterSpace && rune.Value == ' ') ? 1 : 3 * octets;
            if (column + width > LongestLine)
            {
                length += BreakSoftly(to[length..]);
                column = 0;
            }

            if (column == 0 && width == 1 && IsRiskyAtStart(rune.Value, rest))
            {
                width = 3;
            }

            if (width == 1)
            {
                to[length] = utf8[0];
            }
            else
            {
                Escape(utf8[..octets], to[length..]);
            }

            afterSpace = width == 1 && rune.Value == ' ';
            length += width;
            column += width;
            text = rest;
        }

        return column == 0 ? length : length + BreakSoftly(to[length..]);
    }

    private static bool IsLiteral(int character, ReadOnlySpan<char> rest) => character switch
    {
        '=' => false,
        ' ' => !rest.IsEmpty && rest[0] != '\n',
        _ => character is > 0x20 and < 0x7F,
    };

    private static bool IsRiskyAtStart(int character, ReadOnlySpan<char> rest) =>
        character == '.' || (character == 'F' && rest.StartsWith("rom "));

    private static void Escape(ReadOnlySpan<byte> octets, Span<byte> to)
    {
        var hex = "0123456789ABCDEF"u8;
        for (var i = 0; i < octets.Length; i++)
        {
            to[3 * i] = (byte)'=';
            to[(3 * i) + 1] = hex[octets[i] >> 4];
            to[(3 * i) + 2] = hex[octets[i] & 15];
        }
    }

    private static int BreakSoftly(Span<byte> to)
    {
        "=\r\n"u8.CopyTo(to);
        return 3;
    }
}
