using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Newsletter.Digests;

/// <summary>
/// What the clock brings, looked at every minute: occurrences to plan, editions to start, those it is too late for.
/// Running twice, or on two machines at once, changes nothing.
/// </summary>
public sealed class DueEditions(
    DigestStore digests, EditionStore editions, EditionSteps steps, Planning planning,
    IOptions<DeliveryOptions> options, TimeProvider time, ILogger<DueEditions> log)
{
    /// <summary>Plans every occurrence whose lead has begun; one missed by more than the limit is recorded as missed.</summary>
    public async Task PlanAsync(CancellationToken cancel)
    {
        foreach (var digest in await digests.DueAsync())
        {
            cancel.ThrowIfCancellationRequested();
            var occurrence = digest.NextAt!.Value;
            var tooLate = time.GetUtcNow() - options.Value.CatchUpLimit;
            if (occurrence < tooLate)
            {
                await editions.RecordMissedAsync(digest.Id, occurrence, "nothing planned it in time: the worker was not running");
                await digests.AdvanceAsync(digest, digest.OccurrenceAfter(tooLate));
                log.LogWarning("Digest {Digest} missed its occurrence of {Occurrence:u}", digest.Slug, occurrence);
                continue;
            }
            try
            {
                var plan = await planning.PlanAsync(digest, occurrence, cancel);
                log.LogInformation("Planned edition {Edition} of {Digest}: {Deliveries} deliveries", plan.Edition, digest.Slug, plan.Deliveries);
            }
            catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
            {
                // Another worker has planned it, or the one before still waits for approval until it is missed.
                log.LogInformation("Digest {Digest} was not planned: {Reason}", digest.Slug, refusal.Message);
                if (await WaitsForAnotherAsync(digest, occurrence))
                {
                    continue;
                }
            }
            await digests.AdvanceAsync(digest, digest.OccurrenceAfter(occurrence));
        }
    }

    /// <summary>Starts approved editions whose time has come, and gives up those it is too late for.</summary>
    /// <returns>Ids of all editions that are sending now.</returns>
    public async Task<IReadOnlyList<long>> StartAsync()
    {
        var now = time.GetUtcNow();
        foreach (var edition in await editions.InStateAsync(EditionState.Planned, EditionState.Approved))
        {
            if (edition.SendAt is not { } sendAt || sendAt > now)
            {
                continue;
            }
            try
            {
                if (sendAt + options.Value.CatchUpLimit < now)
                {
                    await steps.MissAsync(edition.Id, edition.State == EditionState.Planned
                        ? "nobody approved it in time"
                        : "the worker was not running when it was due");
                }
                else if (edition.State == EditionState.Approved)
                {
                    await steps.SendAsync(edition.Id, "schedule");
                }
            }
            catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
            {
                log.LogInformation("Edition {Edition}: {Reason}", edition.Id, refusal.Message);
            }
        }
        return (await editions.InStateAsync(EditionState.Sending)).Select(e => e.Id).ToList();
    }

    private async Task<bool> WaitsForAnotherAsync(Digest digest, DateTimeOffset occurrence) =>
        (await editions.InStateAsync(EditionState.Planned)).Any(e => e.DigestId == digest.Id && e.OccurrenceAt < occurrence);
}
