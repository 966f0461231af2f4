using System.Text;
using System.Text.RegularExpressions;

namespace Newsletter.Addresses;

/// <summary>
/// Redacts external text for logs and alarms: servers quote recipients in their replies, and links of the mails they refuse.
/// </summary>
public static partial class Redaction
{
    private const int MaxLength = 300;

    /// <summary>Maximum number of characters searched: the time to find addresses grows quadratically with the length.</summary>
    private const int Scanned = 2000;

    /// <summary>One line of at most 300 characters, without email addresses and links.</summary>
    public static string Of(string text)
    {
        var line = string.Concat(text.EnumerateRunes().Take(Scanned).Select(rune => Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune.ToString()));
        line = Address().Replace(Link().Replace(line, "[link]"), "[address]").Trim();
        return line.Length <= MaxLength ? line : string.Concat(line.EnumerateRunes().Take(MaxLength)) + "…";
    }

    [GeneratedRegex(@"\bhttps?:[^\s<>""')\]]+", RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    // Also matches bounce addresses, quoted local parts, and %40 in place of @, as some servers encode it.
    [GeneratedRegex(@"(""[^""]*""|[^\s<>()\[\]"",;:]+)(@|%40)[^\s<>()\[\]"",;:]*[^\s<>()\[\]"",;:.]", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
