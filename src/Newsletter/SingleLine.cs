using System.Globalization;
using System.Text;

namespace Newsletter;

/// <summary>Validates external text that is stored unchanged: it must be safe for the database, a mail header and a line of a report.</summary>
public static class SingleLine
{
    /// <returns>True if the text has 1 to <paramref name="max"/> UTF-16 units and no <see cref="Problem"/>.</returns>
    public static bool IsValid(string text, int max) => text.Length > 0 && Problem(text, max) is null;

    /// <summary>
    /// The reason the text is invalid, as the rest of a sentence that begins with its name: "has a line break". Never repeats the text,
    /// which may be hostile.
    /// </summary>
    /// <param name="max">Maximum length in UTF-16 units.</param>
    /// <returns>Null for a valid text; also for an empty one.</returns>
    public static string? Problem(ReadOnlySpan<char> text, int max = int.MaxValue)
    {
        if (text.Length > max)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has more than {max} characters");
        }
        for (var at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                return $"contains half a character ({CodeOf(text[at])}), which cannot be stored";
            }
            if (ProblemOf(rune) is { } problem)
            {
                return problem;
            }
            at += length;
        }
        return null;
    }

    /// <summary>Removes invisible characters at both ends: white space, zero-width characters, byte order and direction marks.</summary>
    public static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsBlank(text[start]))
        {
            start++;
        }
        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }
        return text[start..end];
    }

    /// <summary>True for white space and for <see cref="IsInvisible"/> characters.</summary>
    public static bool IsBlank(char character) => char.IsWhiteSpace(character) || IsInvisible(character);

    /// <summary>True for a character without a glyph, which joins or separates other characters or changes their direction.</summary>
    public static bool IsInvisible(char character) => character is '\u00AD' or '\u061C' or '\u180E' or (>= '\u200B' and <= '\u200F')
        or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u2064') or (>= '\u2066' and <= '\u206F') or '\uFEFF';

    /// <summary>Unicode notation of the character: U+FFFD.</summary>
    public static string CodeOf(char character) => string.Create(CultureInfo.InvariantCulture, $"U+{(int)character:X4}");

    private static string? ProblemOf(Rune rune) => rune.Value switch
    {
        '\n' or '\r' or '\u0085' or '\u2028' or '\u2029' => "contains a line break, but must be one line",
        0xFFFD => "contains the character U+FFFD, which stands for a character that was lost when the text was converted",
        _ when Rune.IsControl(rune) => $"contains the control character {CodeOf((char)rune.Value)}",
        _ => null,
    };
}
