using System.Collections.Frozen;
using NodaTime.TimeZones;

namespace Newsletter.Zones;

/// <summary>
/// The accepted time zone names, and the name that is stored for each. The tables are bundled with the program (tzdb and CLDR, from
/// NodaTime), so the same text means the same zone on every machine.
/// </summary>
public static class ZoneNames
{
    public const string Utc = "UTC";

    private static readonly TzdbDateTimeZoneSource Source = TzdbDateTimeZoneSource.Default;

    /// <summary>Names in zone.tab and zone1970.tab: the name known in each country, even if tzdb links it to another country's zone.</summary>
    private static readonly FrozenSet<string> Places =
        Source.ZoneLocations!.Select(l => l.ZoneId).Concat(Source.Zone1970Locations!.Select(l => l.ZoneId)).ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Stored = BuildStoredNames();

    /// <summary>Stored names to choose from in forms: UTC, then places in order of name.</summary>
    public static readonly IReadOnlyList<string> Offered = [Utc, .. Places.Order(StringComparer.Ordinal)];

    /// <summary>
    /// The name to store. Places and <c>Etc/</c> names are kept, other names are resolved by tzdb's links, and Windows names are mapped
    /// to their place. Case-insensitive. Null: unknown or ambiguous, see <see cref="ZoneQuestion"/>.
    /// </summary>
    public static string? Find(string typed)
    {
        typed = typed.Trim();
        return Stored.TryGetValue(typed, out var name) ? name
            : ZoneOffset.Parse(typed) == TimeSpan.Zero ? Utc
            : null;
    }

    /// <summary>The name to store for a name from a form or a file.</summary>
    /// <exception cref="Refusal">Invalid: unknown or ambiguous; says what to write instead.</exception>
    public static string Of(string typed) => Find(typed) ?? throw Refusal.Invalid(
        ZoneQuestion.On(typed)?.Reason ?? "The time zone is not one of the IANA database: write a name such as Europe/Berlin.");

    /// <summary>All names of the same zone, this one first: a machine may not know all of them.</summary>
    internal static IEnumerable<string> Same(string name) => Source.CanonicalIdMap.TryGetValue(name, out var main)
        ? [name, main, .. Source.Aliases[main]]
        : [name];

    private static FrozenDictionary<string, string> BuildStoredNames()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var id in Source.GetIds().Where(id => ZoneQuestion.On(id) is null))
        {
            names[id] = Places.Contains(id) || id.StartsWith("Etc/", StringComparison.Ordinal) ? id : Source.CanonicalIdMap[id];
        }
        // Windows has names such as UTC-11 for fixed offsets: these are ambiguous like any other offset.
        foreach (var (windows, id) in Source.WindowsMapping.PrimaryMapping.Where(pair => ZoneQuestion.On(pair.Key) is null))
        {
            names[windows] = names[id];
        }
        foreach (var utc in new[] { Utc, "Z", "GMT" })
        {
            names[utc] = Utc;
        }
        return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
