using Newsletter.Zones;

namespace Newsletter.Planning;

/// <summary>The time of an edition in one time zone. Computed once per zone, not once per reader.</summary>
internal sealed class LocalTimes
{
    private readonly Zone zone;
    private readonly DateTimeOffset?[] due = new DateTimeOffset?[24];

    /// <param name="zone">IANA name; an unknown one counts as UTC, see <see cref="IsKnown"/>.</param>
    /// <param name="at">Send time of the edition.</param>
    public LocalTimes(string zone, DateTimeOffset at)
    {
        this.zone = Zone.Of(zone);
        var local = this.zone.Local(at);
        Today = DateOnly.FromDateTime(local.DateTime);
        for (var hour = local.Hour + 1; hour < due.Length; hour++)
        {
            var time = this.zone.At(Today.ToDateTime(new TimeOnly(hour, 0)));
            due[hour] = time > at ? time : null;
        }
    }

    public bool IsKnown => zone.IsKnown;

    public DateOnly Today { get; }

    public DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(zone.Local(time).DateTime);

    /// <summary>The due time of a mail wanted at this local hour, 0 to 23; null means at once, also for an hour that has passed.</summary>
    public DateTimeOffset? DueAt(int? hour) => hour is { } wanted ? due[wanted] : null;
}
