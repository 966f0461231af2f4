using System.Globalization;
using NodaTime;

namespace Newsletter.Zones;

/// <summary>
/// The clocks of a stored zone. The machine's rules come first, since its updates bring them anew; then those that come with
/// the program. A name that neither knows has UTC's, and says so.
/// </summary>
public sealed class Zone
{
    private readonly DateTimeZone? ours;

    internal Zone(string name, TimeZoneInfo? machine, DateTimeZone? ours) => (Name, Machine, this.ours) = (name, machine, ours);

    /// <summary>As stored; UTC for one that is unknown, since that is what its clocks show.</summary>
    public string Name { get; }

    /// <summary>As this machine knows it, by this or another of its names. Null: it does not, and nothing may be scheduled in it.</summary>
    public TimeZoneInfo? Machine { get; }

    public bool IsKnown => Machine is not null || ours is not null;

    /// <param name="stored">IANA, also an old name.</param>
    public static Zone Of(string stored)
    {
        foreach (var name in ZoneNames.Same(stored))
        {
            if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var machine))
            {
                return new Zone(stored, machine, null);
            }
        }
        var ours = DateTimeZoneProviders.Tzdb.GetZoneOrNull(stored);
        return new Zone(ours is null ? ZoneNames.Utc : stored, null, ours);
    }

    /// <summary>What clocks there show.</summary>
    public DateTimeOffset Local(DateTimeOffset time) =>
        Machine is not null ? TimeZoneInfo.ConvertTime(time, Machine)
        : ours is not null ? Instant.FromDateTimeOffset(time).InZone(ours).ToDateTimeOffset()
        : time.ToUniversalTime();

    /// <summary>What clocks there show, for people; with the offset when they show it twice, since it names two times then.</summary>
    public string Show(DateTimeOffset time, string format)
    {
        var local = Local(time);
        DateTimeOffset[] near = [Local(time.AddDays(-1)), Local(time.AddDays(1))];
        var isTwice = near.Select(other => new DateTimeOffset(local.DateTime, other.Offset))
            .Any(other => other != local && Local(other).DateTime == local.DateTime);
        return local.ToString(isTwice ? format + " zzz" : format, CultureInfo.InvariantCulture);
    }

    /// <summary>When clocks there show this. An hour that they skip moves to when they go on; one that comes twice is the first.</summary>
    public DateTimeOffset At(DateTime clock)
    {
        // Tried out from UTC: .NET does not see what clocks skip where winter is the exception (Dublin, Casablanca).
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
            // Clocks change at quarters of an hour.
            clock = clock.Date.AddMinutes(15 * (Math.Floor(clock.TimeOfDay.TotalMinutes / 15) + 1));
        }
    }
}
