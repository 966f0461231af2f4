using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Newsletter.Items;

/// <summary>Checks and cleans untrusted text, as bytes and as characters.</summary>
internal static class ItemText
{
    /// <exception cref="NotAnItem">The bytes are not UTF-8; it names the line of the first invalid byte.</exception>
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

    /// <summary>Decodes UTF-8, makes all line endings <c>\n</c>, and removes control characters that no text needs.</summary>
    /// <exception cref="NotAnItem">It is not UTF-8, or it contains a NUL and so is not a text.</exception>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        RequireUtf8(bytes, 1);
        var text = Encoding.UTF8.GetString(bytes);
        var nul = text.IndexOf('\0', StringComparison.Ordinal);
        return nul < 0 ? Clean(text) : throw new NotAnItem(1 + LineEnds(text[..nul]), "it contains a NUL character: this is not a text file");
    }

    /// <summary>Makes all line endings <c>\n</c>, and removes control characters that no text needs.</summary>
    public static string Clean(string text)
    {
        text = text.ReplaceLineEndings("\n");
        return text.Any(IsStray) ? string.Concat(text.Where(c => !IsStray(c))) : text;
    }

    /// <summary>Whether nothing is visible: only spaces, and characters that only change how others are displayed.</summary>
    public static bool IsBlank(string text) => text.EnumerateRunes().All(rune => Rune.IsWhiteSpace(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark);

    /// <summary>For a message: at most 40 characters.</summary>
    public static string Shortened(string text) => text.Length <= 40 ? text : text[..39] + "…";

    private static int LineEnds(string text) => text.ReplaceLineEndings("\n").Count(c => c == '\n');

    // U+FFFE and U+FFFF are not characters, and text that contains one cannot be normalised.
    private static bool IsStray(char c) => c is '\uFFFE' or '\uFFFF' || (char.IsControl(c) && c is not ('\n' or '\t'));
}
