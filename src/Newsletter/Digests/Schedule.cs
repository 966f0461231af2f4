using System.Globalization;
using Cronos;
using Newsletter.Zones;

namespace Newsletter.Digests;

/// <summary>Occurrences of a cron expression in an IANA time zone. On days of a clock change, a skipped time moves to the next existing
/// one, and a repeated time occurs once.</summary>
public static class Schedule
{
    // Local times cannot be computed at the ends of the calendar.
    private const int FirstYear = 1970;
    private const int LastYear = 9000;

    private static readonly string[] Forms =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK"];

    /// <exception cref="Refusal">Invalid: not a cron expression of five fields.</exception>
    public static CronExpression Parse(string cron)
    {
        try
        {
            return CronExpression.Parse(cron);
        }
        catch (CronFormatException failure)
        {
            throw Refusal.Invalid($"'{cron}' is not a schedule of five fields such as \"0 8 * * MON\" ({failure.Message.TrimEnd('.')}).");
        }
    }

    /// <summary>The clock rules of a stored zone. Throws for an unknown zone: falling back to UTC would shift the schedule.</summary>
    /// <exception cref="Refusal">Invalid: this machine does not know the zone.</exception>
    public static TimeZoneInfo ClocksOf(string zone) => Zone.Of(zone).Machine ?? throw Refusal.Invalid(Trouble(zone)!);

    /// <summary>Why a stored zone cannot be scheduled, in one sentence; null if it can.</summary>
    public static string? Trouble(string zone) => Zone.Of(zone) switch
    {
        { Machine: not null } => null,
        { IsKnown: true } => $"This machine does not know the time zone {zone}: install its time zone package (tzdata) and restart the program.",
        _ => $"'{zone}' is not an IANA time zone such as Europe/Berlin: set another one with 'newsletter digests edit'.",
    };

    /// <summary>Parses a typed time: with Z or an offset, or else a local time in the zone; the first of two for a repeated local time.</summary>
    /// <exception cref="Refusal">Invalid: not a time, or a local time that a clock change skips.</exception>
    public static DateTimeOffset ParseTime(string text, string zone)
    {
        if (DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var clock)
            && clock.Year is >= FirstYear and <= LastYear)
        {
            if (clock.Kind != DateTimeKind.Unspecified)
            {
                return DateTimeOffset.ParseExact(text, Forms, CultureInfo.InvariantCulture).ToUniversalTime();
            }
            ClocksOf(zone);
            var there = Zone.Of(zone);
            var time = there.At(clock);
            return there.Local(time).DateTime != clock
                ? throw Refusal.Invalid($"{text} does not exist in {zone} because of a clock change: choose another time.")
                : time.ToUniversalTime();
        }
        throw Refusal.Invalid($"'{text}' is not a time such as 2026-12-01T08:00 or 2026-12-01T07:00:00Z.");
    }

    /// <returns>The first occurrence after a time, in UTC; null if there is none (30 February).</returns>
    public static DateTimeOffset? Next(string cron, string zone, DateTimeOffset after)
    {
        var expression = Parse(cron);
        ClocksOf(zone);
        var there = Zone.Of(zone);
        // Cronos computes with clock times only: for clock changes it relies on .NET, which misses some (Dublin, Casablanca).
        for (var clock = there.Local(after).DateTime; ;)
        {
            if (expression.GetNextOccurrence(DateTime.SpecifyKind(clock, DateTimeKind.Utc)) is not { } next)
            {
                return null;
            }
            clock = DateTime.SpecifyKind(next, DateTimeKind.Unspecified);
            // In the second pass of a repeated hour, the next clock time may already have passed.
            if (there.At(clock) is var time && time > after)
            {
                return time.ToUniversalTime();
            }
        }
    }
}
