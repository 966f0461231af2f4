using System.Text.RegularExpressions;

namespace Newsletter.Items;

/// <summary>
/// "Editorial summary, takeaway, and curation by AIssential. Original article published by The Rundown AI."
/// Either sentence may occur without the other, and either name may be missing.
/// </summary>
internal static partial class CreditLine
{
    /// <summary>In characters; a longer line is body text. The limit also bounds the time that the regular expression takes.</summary>
    private const int Limit = 500;

    public static bool Is(string line) => line.Length <= Limit && Pattern().IsMatch(line);

    /// <returns>Who curated the brief and where the original was published; null where the line does not say.</returns>
    public static (string? Curator, string? Publication) Read(string line)
    {
        if (line.Length > Limit)
        {
            return (null, null);
        }
        var match = Pattern().Match(line);
        return (Text(match.Groups["curator"]), Text(match.Groups["publication"]));
    }

    private static string? Text(Group group) => group.Value.Trim() is { Length: > 0 } text ? text : null;

    // Only words of a credit are allowed between "Editorial" and "by": "Editorial summary pages, written by …" is a sentence.
    [GeneratedRegex(
        """
        ^(?: Editorial (?: \s+ (?: summary|key|takeaways?|insights|curation|and|&) ,? )+ \s+ by\b (?<curator>.*?)
             (?: \.? \s+ Original\ article\ published\ by\b (?<publication>.*?) )?
           | Original\ article\ published\ by\b (?<publication>.*?) ) \.? $
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
