using System.Collections.Frozen;
using NodaTime.TimeZones;

namespace Newsletter.Zones;

/// <summary>
/// Which names of time zones are taken, and what each is stored as. The tables come with the program (tzdb and CLDR, by
/// NodaTime): the same text means the same zone on every machine.
/// </summary>
public static class ZoneNames
{
    public const string Utc = "UTC";

    private static readonly TzdbDateTimeZoneSource Source = TzdbDateTimeZoneSource.Default;

    /// <summary>Names in zone.tab and zone1970.tab: the one that people of a country know, also where tzdb links it to another country's.</summary>
    private static readonly FrozenSet<string> Places =
        Source.ZoneLocations!.Select(l => l.ZoneId).Concat(Source.Zone1970Locations!.Select(l => l.ZoneId)).ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Stored = Read();

    /// <summary>Stored names to choose from, the most likely ones for people: UTC, then places by name.</summary>
    public static readonly IReadOnlyList<string> Offered = [Utc, .. Places.Order(StringComparer.Ordinal)];

    /// <summary>
    /// The name to store. Places and <c>Etc/</c> are kept, other names follow tzdb's links, names of Windows become the
    /// place they stand for; letter case does not count. Null: unknown, or no place, see <see cref="ZoneQuestion"/>.
    /// </summary>
    public static string? Find(string typed)
    {
        typed = typed.Trim();
        return Stored.TryGetValue(typed, out var name) ? name
            : ZoneOffset.Parse(typed) == TimeSpan.Zero ? Utc
            : null;
    }

    /// <summary>The name to store, of one that was typed or stands in a file.</summary>
    /// <exception cref="Refusal">Invalid: unknown or no place, with what to write instead.</exception>
    public static string Of(string typed) => Find(typed) ?? throw Refusal.Invalid(
        ZoneQuestion.On(typed)?.Reason ?? "The time zone is not one of the IANA database: write a name such as Europe/Berlin.");

    /// <summary>All names of the zone with this one, itself first: a machine may lack some of them.</summary>
    internal static IEnumerable<string> Same(string name) => Source.CanonicalIdMap.TryGetValue(name, out var main)
        ? [name, main, .. Source.Aliases[main]]
        : [name];

    private static FrozenDictionary<string, string> Read()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var id in Source.GetIds().Where(id => ZoneQuestion.On(id) is null))
        {
            names[id] = Places.Contains(id) || id.StartsWith("Etc/", StringComparison.Ordinal) ? id : Source.CanonicalIdMap[id];
        }
        // Windows calls fixed offsets UTC-11: those are asked about as anybody's.
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
