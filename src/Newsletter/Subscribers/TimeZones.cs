using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Newsletter.Subscribers;

/// <summary>Which names of time zones we take: those of the IANA database that .NET and PostgreSQL both know.</summary>
public static partial class TimeZones
{
    // Grows to the number of zones at most: only known names are kept.
    private static readonly ConcurrentDictionary<string, bool> Known = new() { ["UTC"] = true };

    public static bool IsKnown(string zone) => Known.ContainsKey(zone) || (IsIana(zone) && Known.TryAdd(zone, true)) || Known.ContainsKey(zone);

    // .NET also takes the names of Windows and any file below /usr/share/zoneinfo, and PostgreSQL fails on the former.
    private static bool IsIana(string zone) =>
        Form().IsMatch(zone)
        && !zone.StartsWith("posix", StringComparison.OrdinalIgnoreCase) && !zone.StartsWith("right/", StringComparison.OrdinalIgnoreCase)
        && zone is not ("localtime" or "Factory")
        && !TimeZoneInfo.TryConvertWindowsIdToIanaId(zone, out _)
        && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*){0,2}\z")]
    private static partial Regex Form();
}
