namespace Newsletter.Digests;

/// <summary>What the time of an edition is for readers in one zone. Reckoned once a zone, not once a person.</summary>
internal sealed class LocalTimes
{
    private readonly TimeZoneInfo zone;
    private readonly DateTimeOffset at;
    private readonly DateTimeOffset?[] due = new DateTimeOffset?[24];

    /// <param name="zone">IANA; one that this machine does not know counts as UTC.</param>
    /// <param name="at">When the edition is sent.</param>
    public LocalTimes(string zone, DateTimeOffset at)
    {
        this.zone = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? known : TimeZoneInfo.Utc;
        this.at = at;
        var local = TimeZoneInfo.ConvertTime(at, this.zone);
        Today = DateOnly.FromDateTime(local.DateTime);
        for (var hour = local.Hour + 1; hour < due.Length; hour++)
        {
            due[hour] = AtHour(hour);
        }
    }

    public DateOnly Today { get; }

    public DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    /// <summary>When a mail wanted at this hour is due; null is at once, as for an hour that has passed.</summary>
    public DateTimeOffset? DueAt(int? hour) => hour is { } wanted ? due[wanted] : null;

    /// <summary>An hour that clocks skip moves to when they go on; one that comes twice is the first.</summary>
    private DateTimeOffset? AtHour(int hour)
    {
        var clock = Today.ToDateTime(new TimeOnly(hour, 0));
        while (zone.IsInvalidTime(clock))
        {
            clock = clock.AddMinutes(15);
        }
        var offset = zone.IsAmbiguousTime(clock) ? zone.GetAmbiguousTimeOffsets(clock).Max() : zone.GetUtcOffset(clock);
        var time = new DateTimeOffset(clock, offset).ToUniversalTime();
        return time > at ? time : null;
    }
}
