namespace Newsletter.Planning;

/// <summary>The minimum interval between two mails that a reader asks for.</summary>
internal enum Cadence : byte
{
    Every,
    Daily,
    Weekly,
    Monthly,
}

/// <summary>
/// The cadence check: a minimum interval between two mails, in calendar days of the reader's time zone. Items of a skipped
/// occurrence stay candidates for the next one.
/// </summary>
internal static class CadenceRule
{
    /// <summary>Days; editions further back or ahead cannot affect a cadence. One more than the longest month.</summary>
    public const int LongestDays = 32;

    /// <param name="weekday">Weekly cadence: the first day of the reader's week; null requires seven days between mails.</param>
    /// <param name="today">The date of the occurrence in the reader's time zone.</param>
    /// <param name="lastMail">The date of the nearest mail before or after this one, in the reader's time zone; null without one.</param>
    /// <param name="confirmed">The date of the reader's confirmation, in the reader's time zone.</param>
    /// <returns>Whether the reader gets mail of this occurrence.</returns>
    public static bool Wants(Cadence cadence, DayOfWeek? weekday, DateOnly today, DateOnly? lastMail, DateOnly confirmed) => cadence switch
    {
        Cadence.Daily => lastMail is not { } last || last != today,
        Cadence.Weekly when weekday is { } day => WantsInWeek(day, today, lastMail, confirmed),
        Cadence.Weekly => lastMail is not { } last || Math.Abs(today.DayNumber - last.DayNumber) >= 7,
        Cadence.Monthly => lastMail is not { } last || last.AddMonths(1) <= today || today.AddMonths(1) <= last,
        _ => true,
    };

    /// <summary>
    /// True for the first occurrence in each week that begins on the reader's weekday: on that day if the digest is sent then,
    /// otherwise the next occurrence. A reader who confirmed in the middle of a week starts with the next week.
    /// </summary>
    private static bool WantsInWeek(DayOfWeek day, DateOnly today, DateOnly? lastMail, DateOnly confirmed)
    {
        var begin = today.AddDays(-(((int)today.DayOfWeek - (int)day + 7) % 7));
        return (lastMail is not { } last || last < begin || last >= begin.AddDays(7)) && (begin == today || confirmed < begin);
    }
}
