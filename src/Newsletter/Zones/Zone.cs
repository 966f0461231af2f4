using System.Globalization;
using NodaTime;

namespace Newsletter.Zones;

/// <summary>
/// Local time in a stored time zone. Prefers the machine's rules, because operating system updates keep them current, over the rules
/// bundled with the program. A name that neither source knows behaves as UTC, and <c>IsKnown</c> is false.
/// </summary>
public sealed class Zone
{
    private readonly DateTimeZone? bundled;

    internal Zone(string name, TimeZoneInfo? machine, DateTimeZone? bundled) => (Name, Machine, this.bundled) = (name, machine, bundled);

    /// <summary>The stored name; <c>UTC</c> for an unknown zone, because its times are shown in UTC.</summary>
    public string Name { get; }

    /// <summary>The machine's zone, found by this name or an alias. Null: unknown to the machine, and nothing may be scheduled in it.</summary>
    public TimeZoneInfo? Machine { get; }

    public bool IsKnown => Machine is not null || bundled is not null;

    /// <param name="stored">IANA name; may be an obsolete one.</param>
    public static Zone Of(string stored)
    {
        foreach (var name in ZoneNames.Same(stored))
        {
            if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var machine))
            {
                return new Zone(stored, machine, null);
            }
        }
        var bundled = DateTimeZoneProviders.Tzdb.GetZoneOrNull(stored);
        return new Zone(bundled is null ? ZoneNames.Utc : stored, null, bundled);
    }

    /// <summary>Local time in the zone, with its offset.</summary>
    public DateTimeOffset Local(DateTimeOffset time) =>
        Machine is not null ? TimeZoneInfo.ConvertTime(time, Machine)
        : bundled is not null ? Instant.FromDateTimeOffset(time).InZone(bundled).ToDateTimeOffset()
        : time.ToUniversalTime();

    /// <summary>Local time as text. Appends the offset if the local time is ambiguous, as when clocks are set back.</summary>
    public string Show(DateTimeOffset time, string format)
    {
        var local = Local(time);
        DateTimeOffset[] near = [Local(time.AddDays(-1)), Local(time.AddDays(1))];
        var isTwice = near.Select(other => new DateTimeOffset(local.DateTime, other.Offset))
            .Any(other => other != local && Local(other).DateTime == local.DateTime);
        return local.ToString(isTwice ? format + " zzz" : format, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The time at which clocks in the zone show <paramref name="clock"/>. A skipped local time moves to the end of the gap; of an
    /// ambiguous one the first is returned.
    /// </summary>
    public DateTimeOffset At(DateTime clock)
    {
        // Tests both UTC candidates: .NET does not detect gaps in zones where winter time is the exception (Dublin, Casablanca).
        while (true)
        {
            var utc = new DateTimeOffset(clock, TimeSpan.Zero);
            var (before, after) = (Local(utc.AddDays(-1)).Offset, Local(utc.AddDays(1)).Offset);
            var (earlier, later) = before > after ? (utc - before, utc - after) : (utc - after, utc - before);
            if (Local(earlier).DateTime == clock)
            {
                return earlier;
            }
            if (Local(later).DateTime == clock)
            {
                return later;
            }
            // Transitions happen at multiples of 15 minutes.
            clock = clock.Date.AddMinutes(15 * (Math.Floor(clock.TimeOfDay.TotalMinutes / 15) + 1));
        }
    }
}
