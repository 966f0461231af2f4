using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Newsletter.Items;

/// <summary>Text from outside, as bytes and as characters.</summary>
internal static class ItemText
{
    /// <exception cref="NotAnItem">At the line of the first byte that is not UTF-8.</exception>
    public static void RequireUtf8(ReadOnlySpan<byte> bytes, int line)
    {
        if (Utf8.IsValid(bytes))
        {
            return;
        }
        var good = 0;
        while (Rune.DecodeFromUtf8(bytes[good..], out _, out var length) == OperationStatus.Done)
        {
            good += length;
        }
        throw new NotAnItem(line + LineEnds(Encoding.UTF8.GetString(bytes[..good])), "it is not UTF-8");
    }

    /// <summary>Line ends made one, control characters that no text needs taken out.</summary>
    /// <exception cref="NotAnItem">It holds a NUL: that is no text.</exception>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        RequireUtf8(bytes, 1);
        var text = Encoding.UTF8.GetString(bytes);
        var nul = text.IndexOf('\0', StringComparison.Ordinal);
        return nul < 0 ? Clean(text) : throw new NotAnItem(1 + LineEnds(text[..nul]), "it holds a NUL character: this is not a text file");
    }

    /// <summary>Line ends made one, control characters that no text needs taken out.</summary>
    public static string Clean(string text)
    {
        text = text.ReplaceLineEndings("\n");
        return text.Any(IsStray) ? string.Concat(text.Where(c => !IsStray(c))) : text;
    }

    /// <summary>Whether there is nothing to see: spaces, and characters that only say how others are to be shown.</summary>
    public static bool IsBlank(string text) => text.EnumerateRunes().All(rune => Rune.IsWhiteSpace(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark);

    /// <summary>For a message: at most 40 characters.</summary>
    public static string Shortened(string text) => text.Length <= 40 ? text : text[..39] + "…";

    private static int LineEnds(string text) => text.ReplaceLineEndings("\n").Count(c => c == '\n');

    // U+FFFE and U+FFFF are no characters, and text that holds one cannot be normalised.
    private static bool IsStray(char c) => c is '\uFFFE' or '\uFFFF' || (char.IsControl(c) && c is not ('\n' or '\t'));
}
