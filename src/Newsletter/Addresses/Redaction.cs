using System.Text;
using System.Text.RegularExpressions;

namespace Newsletter.Addresses;

/// <summary>Text from outside, as logs and alarms may hold it. Servers quote recipients in their replies, and links of the mail they refuse.</summary>
public static partial class Redaction
{
    private const int Longest = 300;

    /// <summary>The time that looking for addresses takes grows with the square of it.</summary>
    private const int Looked = 2000;

    /// <summary>One line of at most 300 characters, without email addresses and links.</summary>
    public static string Of(string text)
    {
        var line = string.Concat(text.EnumerateRunes().Take(Looked).Select(rune => Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune.ToString()));
        line = Address().Replace(Link().Replace(line, "[link]"), "[address]").Trim();
        return line.Length <= Longest ? line : string.Concat(line.EnumerateRunes().Take(Longest)) + "…";
    }

    [GeneratedRegex(@"\bhttps?:[^\s<>""')\]]+", RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    // Also as in a bounce address, and as some servers encode it.
    [GeneratedRegex(@"(""[^""]*""|[^\s<>()\[\]"",;:]+)(@|%40)[^\s<>()\[\]"",;:]*[^\s<>()\[\]"",;:.]", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
