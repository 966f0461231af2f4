using System.Globalization;
using Newsletter.Zones;

namespace Newsletter.Web;

/// <summary>Times for people.</summary>
public static class When
{
    /// <returns>"Mon 7 Dec 2026, 08:00 (Europe/Berlin)", in UTC where nobody knows the zone; a dash for null.</returns>
    public static string In(DateTimeOffset? time, string zone)
    {
        var there = Zone.Of(zone);
        return time is { } at ? there.Local(at).ToString("ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) + $" ({there.Name})" : "–";
    }
}
