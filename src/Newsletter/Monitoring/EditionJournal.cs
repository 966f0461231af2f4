using System.Globalization;
using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Digests;

namespace Newsletter.Monitoring;

/// <summary>
/// Writes the steps of editions to a worker's log, including those taken in other processes. Each step is logged once, regardless of
/// the number of workers, and without addresses: an editor is logged as "an editor".
/// </summary>
public sealed class EditionJournal(AuditStore audit, EditionStore editions, DeliveryStore deliveries, ILogger<EditionJournal> log)
{
    private const int AtOnce = 100;
    private const int MostClasses = 10;

    /// <summary>Logs the steps that no process has logged yet.</summary>
    public async Task WriteAsync()
    {
        // If logging is off here, the entries are left to another process.
        while (log.IsEnabled(LogLevel.Information) && await audit.TakeUnloggedAsync(AtOnce) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                await WriteAsync(entry);
            }
        }
    }

    /// <summary>Call once per reason: sending is retried every minute.</summary>
    internal void Waits(long editionId, string reason) => EditionLog.EditionWaits(log, editionId, Redaction.Of(reason));

    /// <summary>Logs counts of unsuccessful attempts of a run, the most frequent class first.</summary>
    internal void Ended(long editionId, IReadOnlyCollection<KeyValuePair<(string State, string Class), int>> counts, TimeSpan within)
    {
        var most = counts.OrderByDescending(count => count.Value).ToList();
        foreach (var ((state, @class), count) in most.Take(MostClasses))
        {
            EditionLog.DeliveriesEnded(log, editionId, count, state, @class, (long)within.TotalSeconds);
        }
        foreach (var rest in most.Skip(MostClasses).GroupBy(count => count.Key.State))
        {
            EditionLog.DeliveriesEnded(log, editionId, rest.Sum(count => count.Value), rest.Key, "others", (long)within.TotalSeconds);
        }
    }

    private async Task WriteAsync(AuditEntry entry)
    {
        var step = entry.Action["edition ".Length..];
        var (id, why) = Subject(entry.Subject);
        var by = entry.Actor.Contains('@', StringComparison.Ordinal) ? "an editor" : entry.Actor;
        switch (step)
        {
            case "started":
                var begun = await editions.GetAsync(id);
                EditionLog.EditionBegun(log, id, begun.DigestSlug, by, begun.Subscribers);
                break;
            case "paused":
                EditionLog.EditionPaused(log, id, by);
                break;
            case "paused itself":
                EditionLog.EditionPausedItself(log, id, Redaction.Of(why));
                break;
            case "resumed":
                EditionLog.EditionResumed(log, id, by);
                break;
            case "cancelled":
                EditionLog.EditionCancelled(log, id, by);
                break;
            case "finished":
                await WriteAccountAsync(await editions.GetAsync(id));
                break;
            case "missed":
                EditionLog.EditionMissed(log, id, (await editions.GetAsync(id)).DigestSlug);
                break;
            default:
                EditionLog.EditionStep(log, id, step, by);
                break;
        }
    }

    private async Task WriteAccountAsync(Edition edition)
    {
        var account = await deliveries.AccountAsync(edition.Id);
        var seconds = edition is { StartedAt: { } started, FinishedAt: { } finished } ? Math.Round((finished - started).TotalSeconds, 3) : 0;
        EditionLog.EditionFinished(
            log, edition.Id, edition.DigestSlug, account.Planned, account.Sent, account.Failed, account.Uncertain, account.Skipped, account.Deferred,
            seconds, seconds > 0 ? Math.Round(account.Sent / seconds, 1) : 0);
    }

    /// <summary>Parses "edition 5", "edition 5: why" and "edition 5, item 7".</summary>
    private static (long Id, string Why) Subject(string subject)
    {
        var words = subject["edition ".Length..];
        var end = words.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var at ? at : words.Length;
        return (long.Parse(words[..end], CultureInfo.InvariantCulture), words[end..].TrimStart(':', ',', ' '));
    }
}
