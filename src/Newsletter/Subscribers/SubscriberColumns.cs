namespace Newsletter.Subscribers;

/// <summary>The columns of a subscriber file, and how cells are escaped so that a spreadsheet does not treat them as formulas.</summary>
public static class SubscriberColumns
{
    /// <summary>Separates several labels or topics in one cell.</summary>
    public const char Divider = ';';

    public static readonly IReadOnlyList<string> Names =
    [
        "email", "name", "roles", "topics", "muted_topics", "cadence", "weekday", "timezone", "hour", "depth", "too_few", "language",
        "paused_until", "status",
    ];

    /// <summary>Names by index: 0 is Sunday, 6 is Saturday.</summary>
    public static readonly IReadOnlyList<string> Weekdays =
        ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <summary>
    /// Puts an apostrophe before text that a spreadsheet would treat as a formula, also after a semicolon, at which many spreadsheets split
    /// cells; <see cref="Unescape"/> removes it.
    /// </summary>
    public static string Escape(string text) => OfParts(text, part => MeansFormula(part) ? "'" + part : part);

    public static string Unescape(string text) => OfParts(text, part => part.StartsWith('\'') && MeansFormula(part) ? part[1..] : part);

    private static string OfParts(string text, Func<string, string> change) => string.Join(Divider, text.Split(Divider).Select(change));

    // Leading apostrophes are skipped, so that text that was escaped twice can be unescaped twice.
    private static bool MeansFormula(string text) => text.TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];

    /// <returns>0 (Sunday) to 6; null for an empty text.</returns>
    /// <exception cref="Refusal">Invalid: neither the name nor the number of a day.</exception>
    public static int? Weekday(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        for (var day = 0; day < 7; day++)
        {
            var name = Weekdays[day];
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase) || text.Equals(name[..3], StringComparison.OrdinalIgnoreCase)
                || (text.Length == 1 && text[0] - '0' == day))
            {
                return day;
            }
        }
        throw Refusal.Invalid("The weekday must be a name such as monday or mon, or 0 (Sunday) to 6.");
    }
}
