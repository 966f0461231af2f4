using System.Globalization;
using Newsletter.Digests;

namespace Newsletter.Web;

/// <summary>Times for people.</summary>
public static class When
{
    /// <returns>"Mon 7 Dec 2026, 08:00 (Europe/Berlin)"; a dash for null.</returns>
    public static string In(DateTimeOffset? time, string zone) => time is { } there
        ? TimeZoneInfo.ConvertTime(there, Schedule.Zone(zone)).ToString("ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) + $" ({zone})"
        : "–";
}
