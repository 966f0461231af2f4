using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Monitoring;
using Newsletter.Planning;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Lifecycle;

/// <summary>
/// The scheduled work, run every minute: plans due occurrences, starts due editions and marks the ones past the catch-up limit as missed.
/// Idempotent, also when two machines run it concurrently.
/// </summary>
public sealed class DueEditions(
    DigestStore digests, EditionStore editions, EditionSteps steps, EditionPlanning planning, DeliveryStore deliveries, SendingGuard guard,
    EditionJournal journal,
    IOptions<DeliveryOptions> options, TimeProvider time, ILogger<DueEditions> log)
{
    private const int MissedCounted = 1000;

    /// <summary>
    /// Plans every occurrence whose lead time has begun; one past the catch-up limit is recorded as missed. A digest that
    /// fails to plan does not block the others.
    /// </summary>
    public async Task PlanAsync(CancellationToken cancel)
    {
        if (!await guard.MaySendAsync())
        {
            return;
        }
        foreach (var digest in await digests.DueAsync())
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                await PlanAsync(digest, digest.NextAt!.Value, cancel);
            }
            catch (Exception failure) when (failure is Refusal or PostgresException)
            {
                log.LogError("Digest {Digest} was not planned: {Reason}", digest.Slug, failure.Message);
            }
        }
    }

    /// <summary>Starts approved editions that are due, and marks the ones past the catch-up limit as missed.</summary>
    /// <returns>Ids of all editions that are sending now.</returns>
    public async Task<IReadOnlyList<long>> StartAsync()
    {
        if (!await guard.MaySendAsync())
        {
            return [];
        }
        await deliveries.SweepAsync();
        var now = time.GetUtcNow();
        var tooLate = now - options.Value.CatchUpLimit;
        foreach (var edition in await editions.InStateAsync(EditionState.Planned, EditionState.Approved))
        {
            try
            {
                if (edition.SendAt < tooLate)
                {
                    await steps.MissAsync(edition.Id, tooLate, edition.State == EditionState.Planned
                        ? "it was not approved in time"
                        : "the worker was not running when it was due");
                }
                else if (edition.SendAt <= now && edition.State == EditionState.Approved)
                {
                    await steps.StartDueAsync(edition.Id);
                }
            }
            catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
            {
                // An editor or another worker changed the edition concurrently.
                log.LogInformation("Edition {Edition}: {Reason}", edition.Id, refusal.Message);
            }
        }
        await journal.WriteAsync();
        return (await editions.InStateAsync(EditionState.Sending)).Select(e => e.Id).ToList();
    }

    private async Task PlanAsync(Digest digest, DateTimeOffset occurrence, CancellationToken cancel)
    {
        var tooLate = time.GetUtcNow() - options.Value.CatchUpLimit;
        if (occurrence < tooLate)
        {
            await MissAsync(digest, occurrence, tooLate);
            return;
        }
        if ((await editions.InStateAsync(EditionState.Planned)).Any(e => e.DigestId == digest.Id && e.OccurrenceAt < occurrence))
        {
            // One edition per digest waits for approval at a time: this occurrence waits until the earlier one is approved or missed.
            return;
        }
        // Computed before planning, so that an unreadable schedule fails before anything is planned.
        var next = digest.OccurrenceAfter(occurrence);
        try
        {
            var plan = await planning.PlanAsync(digest, occurrence, cancel);
            log.LogInformation("Planned edition {Edition} of {Digest}: {Deliveries} deliveries", plan.Edition, digest.Slug, plan.Deliveries);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
        {
            log.LogInformation("Digest {Digest}: {Reason}", digest.Slug, refusal.Message);
        }
        await digests.AdvanceAsync(digest, next);
    }

    private async Task MissAsync(Digest digest, DateTimeOffset occurrence, DateTimeOffset tooLate)
    {
        var next = digest.OccurrenceAfter(occurrence);
        var further = 0;
        while (next < tooLate && further < MissedCounted)
        {
            further++;
            next = digest.OccurrenceAfter(next.Value);
        }
        await editions.RecordMissedAsync(digest.Id, occurrence, further == 0
            ? "the worker was not running at planning time"
            : $"the worker was not running at planning time, nor for {Amount.Of(further, "later occurrence")}");
        await digests.AdvanceAsync(digest, next < tooLate ? digest.OccurrenceAfter(tooLate) : next);
        log.LogWarning("Digest {Digest} missed its occurrence of {Occurrence:u}; later occurrences also missed: {Further}", digest.Slug, occurrence, further);
    }
}
