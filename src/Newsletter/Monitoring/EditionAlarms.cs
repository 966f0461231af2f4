using System.Globalization;
using Microsoft.Extensions.Options;
using Newsletter.Alarms;
using Newsletter.Deliveries;
using Newsletter.Digests;

namespace Newsletter.Monitoring;

/// <summary>
/// Raises alarms of editions that are two minutes late or paused themselves. Runs every minute and reads only rows: idempotent,
/// also when two machines run it concurrently.
/// </summary>
public sealed class EditionAlarms(
    EditionStore editions, DigestStore digests, DeliveryStore deliveries, AlarmRaising alarms, IOptions<DeliveryOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    /// <summary>Editions missed longer ago raise no alarm.</summary>
    private static readonly TimeSpan News = TimeSpan.FromDays(1);

    public async Task WatchAsync()
    {
        await alarms.SetAsync(AlarmKind.EditionPaused, [.. (await editions.BrokenAsync()).Select(Broken)]);
        await alarms.SetAsync(AlarmKind.EditionLate, await LateAsync());
    }

    /// <summary>The key of an edition in alarms.</summary>
    internal static string About(long editionId) => string.Create(CultureInfo.InvariantCulture, $"edition {editionId}");

    private static Alarm Broken(Edition edition) => Of(
        AlarmKind.EditionPaused, edition, $"Edition {edition.Id} paused itself",
        $"Edition {edition.Id} of {edition.DigestName} was {edition.Note}.",
        "The remaining mails wait. The edition's page shows the results of the deliveries. "
        + $"When the cause is fixed, continue with 'newsletter editions resume {edition.Id}'.");

    private async Task<IReadOnlyCollection<Alarm>> LateAsync()
    {
        var before = time.GetUtcNow() - Late;
        var late = new List<Alarm>();
        var waiting = await editions.InStateAsync(EditionState.Planned, EditionState.Approved, EditionState.Sending);
        late.AddRange(waiting.Where(e => e.State == EditionState.Planned && e.SendAt <= before).Select(Unapproved));
        late.AddRange(waiting.Where(e => e.State == EditionState.Approved && e.SendAt <= before).Select(Unbegun));
        foreach (var edition in waiting.Where(e => e.State == EditionState.Sending && e.StartedAt <= before && e.Note is not null))
        {
            if (!await deliveries.IsAnyTriedAsync(edition.Id))
            {
                late.Add(Unbegun(edition));
            }
        }
        // A digest's next occurrence is not planned while an earlier plan waits for approval, so it is not late either.
        var answering = waiting.Where(e => e.State == EditionState.Planned).Select(e => e.DigestId).ToHashSet();
        late.AddRange((await digests.DueAsync()).Where(d => d.NextAt <= before && !answering.Contains(d.Id)).Select(Unplanned));
        late.AddRange((await editions.MissedAsync(time.GetUtcNow() - News)).Select(Missed));
        return late;
    }

    private Alarm Unapproved(Edition edition) => Of(
        AlarmKind.EditionLate, edition, $"Edition {edition.Id} waits for approval",
        $"Edition {edition.Id} of {edition.DigestName} was due at {Time(edition.SendAt)} and is not approved.",
        $"Approve it on its page or with 'newsletter editions approve {edition.Id}': at {Time(edition.SendAt + options.Value.CatchUpLimit)} it is missed.");

    private static Alarm Unbegun(Edition edition) => Of(
        AlarmKind.EditionLate, edition, $"Edition {edition.Id} has not started",
        $"Edition {edition.Id} of {edition.DigestName} was due at {Time(edition.SendAt)}, and none of its mails was sent"
        + (edition.Note is null ? "." : $": {edition.Note}"),
        "The edition's page and the workers' log show what it waits for.");

    private static Alarm Missed(Edition edition) => Of(
        AlarmKind.EditionLate, edition, $"Edition {edition.Id} was missed",
        $"Edition {edition.Id} of {edition.DigestName}, of {Time(edition.SendAt ?? edition.OccurrenceAt)}, was missed: {edition.Note}.",
        $"If it is still wanted: 'newsletter editions plan {edition.DigestSlug}', approve it, and send it.") is var missed && edition.PlannedAt is null
            // The occurrence was never planned, so an alarm about it may already be open under this key.
            ? missed with { About = Occurrence(edition.DigestSlug, edition.OccurrenceAt) }
            : missed;

    private static Alarm Unplanned(Digest digest) => new()
    {
        Kind = AlarmKind.EditionLate,
        About = Occurrence(digest.Slug, digest.NextAt),
        Headline = $"{digest.Name} was not planned",
        Sentence = $"The edition of {digest.Name} for {Time(digest.NextAt)} was not planned.",
        ToDo = "The workers' log shows the reason.",
        Page = $"/editor/digests/{digest.Slug}",
    };

    private static Alarm Of(string kind, Edition edition, string headline, string sentence, string toDo) => new()
    {
        Kind = kind, About = About(edition.Id), Headline = headline, Sentence = sentence, ToDo = toDo,
        Page = string.Create(CultureInfo.InvariantCulture, $"/editor/editions/{edition.Id}"),
    };

    private static string Occurrence(string slug, DateTimeOffset? at) => string.Create(CultureInfo.InvariantCulture, $"digest {slug} at {at:O}");

    private static string Time(DateTimeOffset? at) =>
        at?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "an unknown time";
}
