using System.Globalization;
using Cronos;

namespace Newsletter.Digests;

/// <summary>Times of a cron expression in an IANA zone. On days when the clocks change, a time that does not exist moves
/// to the next that does, and one that comes twice counts once.</summary>
public static class Schedule
{
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

    /// <exception cref="Refusal">Invalid: no such IANA zone.</exception>
    public static TimeZoneInfo Zone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId
            ? zone
            : throw Refusal.Invalid($"'{name}' is not an IANA time zone such as Europe/Berlin.");

    /// <summary>A time as a person types it: with Z or an offset, or else as clocks in the zone show it.</summary>
    /// <exception cref="Refusal">Invalid: not a time, or one that clocks there skip.</exception>
    public static DateTimeOffset ParseTime(string text, string zone)
    {
        if (DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var clock))
        {
            if (clock.Kind != DateTimeKind.Unspecified)
            {
                return DateTimeOffset.ParseExact(text, Forms, CultureInfo.InvariantCulture).ToUniversalTime();
            }
            var there = Zone(zone);
            return there.IsInvalidTime(clock)
                ? throw Refusal.Invalid($"On that day clocks in {zone} skip {text}: choose another time.")
                : new DateTimeOffset(clock, there.GetUtcOffset(clock)).ToUniversalTime();
        }
        throw Refusal.Invalid($"'{text}' is not a time such as 2026-12-01T08:00 or 2026-12-01T07:00:00Z.");
    }

    /// <returns>The first occurrence after a time, in UTC; null when there is none (30 February).</returns>
    public static DateTimeOffset? Next(string cron, string zone, DateTimeOffset after) =>
        Parse(cron).GetNextOccurrence(after, Zone(zone))?.ToUniversalTime();
}
