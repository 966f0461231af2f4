using Newsletter.Digests;
using Newsletter.Subscribers;
using Newsletter.Zones;

namespace Newsletter.Cli;

/// <summary>Checks which of the stored time zones this machine does not know.</summary>
internal static class ZoneChecks
{
    private const int MostNamed = 5;

    /// <returns>A message that all are known.</returns>
    /// <exception cref="Refusal">Invalid: how many readers and which digests have zones that this machine does not know, and the consequences.</exception>
    public static async Task<string> StoredAsync(IServiceProvider services)
    {
        var zones = (await services.GetRequiredService<SubscriberStore>().CountByZoneAsync()).Where(z => Zone.Of(z.Zone).Machine is null).ToList();
        var digests = (await services.GetRequiredService<DigestStore>().ListAsync()).Where(d => Schedule.Trouble(d.Timezone) is not null).ToList();
        if (zones.Count == 0 && digests.Count == 0)
        {
            return "this machine knows all time zones of readers and digests";
        }
        var unknownZones = zones.Where(z => !Zone.Of(z.Zone).IsKnown).ToList();
        var names = zones.Select(z => $"{z.Zone} {Amount.Of(z.Readers)}");
        string[] readers = zones.Count == 0 ? [] : [$"{Amount.Of(zones.Sum(z => z.Readers), "reader")} ({Named(names)})"];
        string[] blocked = digests.Count == 0 ? [] :
            [$"{Amount.Of(digests.Count, "digest")}, which cannot be planned ({Named(digests.Select(d => $"{d.Slug} {d.Timezone}"))})"];
        string[] guessed = unknownZones.Count == 0 ? [] :
        [
            $"UTC applies to {Amount.Of(unknownZones.Sum(z => z.Readers), "reader")} in zones without an IANA name "
            + "until 'newsletter subscribers edit' sets another zone",
        ];
        string[] known = unknownZones.Count == zones.Count ? [] :
            ["the time zone rules of this program apply to the other readers until the machine's time zone package (tzdata) is installed"];
        throw Refusal.Invalid($"This machine does not know the time zones of {string.Join(" and ", readers.Concat(blocked))}"
            + $"{string.Concat(guessed.Concat(known).Select(consequence => "; " + consequence))}.");
    }

    private static string Named(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(MostNamed)) + (all.Count > MostNamed ? $" and {all.Count - MostNamed} more" : "");
    }
}
