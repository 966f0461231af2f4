namespace Newsletter.Subscribers;

/// <summary>The columns of a subscriber file, and how a cell is kept from being a formula in a spreadsheet.</summary>
public static class SubscriberColumns
{
    /// <summary>Divides several labels or topics in one cell.</summary>
    public const char Divider = ';';

    public static readonly IReadOnlyList<string> Names =
    [
        "email", "name", "roles", "topics", "muted_topics", "cadence", "weekday", "timezone", "hour", "depth", "too_few", "language",
        "paused_until", "status",
    ];

    /// <summary>0 to 6.</summary>
    public static readonly IReadOnlyList<string> Weekdays =
        ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <summary>
    /// Text that a spreadsheet would take as a formula gets an apostrophe before it, also behind a semicolon, at which many spreadsheets
    /// divide cells; <see cref="Unescape"/> takes it off again.
    /// </summary>
    public static string Escape(string text) => OfParts(text, part => MeansFormula(part) ? "'" + part : part);

    public static string Unescape(string text) => OfParts(text, part => part.StartsWith('\'') && MeansFormula(part) ? part[1..] : part);

    private static string OfParts(string text, Func<string, string> change) => string.Join(Divider, text.Split(Divider).Select(change));

    // Apostrophes before it count along, so that what was escaped twice is unescaped twice.
    private static bool MeansFormula(string text) => text.TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];

    /// <returns>0 (Sunday) to 6; null for an empty text.</returns>
    /// <exception cref="Refusal">Invalid: neither a day's name nor its number.</exception>
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
