namespace Newsletter.Planning;

/// <summary>The least distance a reader wants between two mails.</summary>
internal enum Cadence : byte
{
    Every,
    Daily,
    Weekly,
    Monthly,
}

/// <summary>
/// Whether an occurrence is wanted: a least distance between two mails, in days as the reader's calendar shows them. An
/// item missed in between is still a candidate next time.
/// </summary>
internal static class CadenceRule
{
    /// <summary>Editions further back or ahead than this cannot matter.</summary>
    public const int LongestDays = 32;

    /// <param name="weekday">For weekly: the day on which the reader's weeks begin; null leaves seven days between mails.</param>
    /// <param name="today">The occurrence's day where the reader is.</param>
    /// <param name="lastMail">The day of the mail before (or after) this one; null for none.</param>
    /// <param name="confirmed">When the reader confirmed.</param>
    public static bool Wants(Cadence cadence, DayOfWeek? weekday, DateOnly today, DateOnly? lastMail, DateOnly confirmed) => cadence switch
    {
        Cadence.Daily => lastMail is not { } last || last != today,
        Cadence.Weekly when weekday is { } day => WantsInWeek(day, today, lastMail, confirmed),
        Cadence.Weekly => lastMail is not { } last || Math.Abs(today.DayNumber - last.DayNumber) >= 7,
        Cadence.Monthly => lastMail is not { } last || last.AddMonths(1) <= today || today.AddMonths(1) <= last,
        _ => true,
    };

    /// <summary>
    /// The first occurrence of each week that begins on the reader's day: on the day itself where the digest comes then,
    /// otherwise on the next one it comes. Who confirmed in the middle of a week waits for the next.
    /// </summary>
    private static bool WantsInWeek(DayOfWeek day, DateOnly today, DateOnly? lastMail, DateOnly confirmed)
    {
        var begin = today.AddDays(-(((int)today.DayOfWeek - (int)day + 7) % 7));
        return (lastMail is not { } last || last < begin || last >= begin.AddDays(7)) && (begin == today || confirmed < begin);
    }
}
