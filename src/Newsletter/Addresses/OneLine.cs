using System.Globalization;
using System.Text;

namespace Newsletter.Addresses;

/// <summary>Text from outside that is kept as it is: safe for the database, for a mail header and for a line of a report.</summary>
public static class OneLine
{
    /// <returns>Whether the text has 1 to <paramref name="max"/> UTF-16 units and no line break, control character or half a letter.</returns>
    public static bool IsValid(string text, int max)
    {
        if (text.Length is 0 || text.Length > max)
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            // EnumerateRunes gives U+FFFD for a lone surrogate, which PostgreSQL refuses.
            if (rune == Rune.ReplacementChar)
            {
                return false;
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return false;
            }
        }
        return true;
    }
}
