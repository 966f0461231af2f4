using Newsletter.Zones;

namespace Newsletter.Planning;

/// <summary>What the time of an edition is for readers in one zone. Reckoned once a zone, not once a person.</summary>
internal sealed class LocalTimes
{
    private readonly Zone zone;
    private readonly DateTimeOffset?[] due = new DateTimeOffset?[24];

    /// <param name="zone">IANA; one that nobody knows counts as UTC, see <see cref="IsKnown"/>.</param>
    /// <param name="at">When the edition is sent.</param>
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

    /// <summary>When a mail wanted at this hour is due; null is at once, as for an hour that has passed.</summary>
    public DateTimeOffset? DueAt(int? hour) => hour is { } wanted ? due[wanted] : null;
}
