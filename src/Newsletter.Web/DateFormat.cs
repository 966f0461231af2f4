using Newsletter.Zones;

namespace Newsletter.Web;

/// <summary>Formats times for people.</summary>
public static class DateFormat
{
    /// <returns>
    /// "Mon 7 Dec 2026, 08:00 (Europe/Berlin)", with the offset in an hour that occurs twice, in UTC if the zone is unknown; a dash for null.
    /// </returns>
    public static string InZone(DateTimeOffset? time, string zone)
    {
        var there = Zone.Of(zone);
        return time is { } at ? $"{there.Show(at, "ddd d MMM yyyy, HH:mm")} ({there.Name})" : "–";
    }
}
