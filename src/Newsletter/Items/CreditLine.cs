using System.Text.RegularExpressions;

namespace Newsletter.Items;

/// <summary>
/// "Editorial summary, takeaway, and curation by AIssential. Original article published by The Rundown AI."
/// Either sentence may stand alone.
/// </summary>
internal static partial class CreditLine
{
    public static bool Is(string line) => Pattern().IsMatch(line);

    /// <returns>Who curated the brief and where the original stood; null where the line does not say.</returns>
    public static (string? Curator, string? Publication) Read(string line)
    {
        var match = Pattern().Match(line);
        return (Text(match.Groups["curator"]), Text(match.Groups["publication"]));
    }

    private static string? Text(Group group) => group.Value.Trim() is { Length: > 0 } text ? text : null;

    [GeneratedRegex(
        """
        ^(?: Editorial\ summary\b.*?\ by\ (?<curator>.+?)\.?
             (?: (?<=\.)\s+Original\ article\ published\ by\ (?<publication>.+?)\.? )?
           | Original\ article\ published\ by\ (?<publication>.+?)\.? )$
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
