using Microsoft.Extensions.Logging;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// Plans an edition: composes for every reader and writes the deliveries. One transaction under an installation-wide lock:
/// a plan is complete or absent, and no item is chosen twice for one reader.
/// </summary>
public sealed class EditionPlanning(
    NpgsqlDataSource database, DigestStore digests, EditionTransitionStore transitions, PlanInputLoader inputs,
    SendingGuard guard, TimeProvider time, ILogger<EditionPlanning> log)
{
    // One plan at a time per process: a plan needs a second connection while it holds the first, so waiting plans could exhaust the pool and deadlock.
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Plans now and replaces the digest's unapproved plan, if there is one.</summary>
    /// <exception cref="Refusal">NotFound: no such digest. Invalid: this machine does not know the digest's time zone.</exception>
    public async Task<EditionPlan> PlanAsync(string slug, CancellationToken cancel = default) =>
        await PlanAsync(await digests.GetAsync(slug), occurrence: null, cancel);

    /// <param name="occurrence">The scheduled time; null for a plan that an editor starts.</param>
    public Task<EditionPlan> PlanAsync(Digest digest, DateTimeOffset? occurrence, CancellationToken cancel = default) =>
        PlanAsync(digest, occurrence, change: null, cancel);

    /// <summary>Applies a change of overrides and plans with it, in one transaction.</summary>
    /// <param name="change">Stores the change, or refuses an invalid one; null for none.</param>
    internal async Task<EditionPlan> PlanAsync(Digest digest, DateTimeOffset? occurrence, OverrideChange? change, CancellationToken cancel)
    {
        // Refused while a restore is unconfirmed: a digest without approval would send the plan at once.
        await guard.EnsureReleasedAsync();
        await turn.WaitAsync(cancel);
        try
        {
            return await PlanInTurnAsync(digest, occurrence, change, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<EditionPlan> PlanInTurnAsync(Digest digest, DateTimeOffset? occurrence, OverrideChange? change, CancellationToken cancel)
    {
        Schedule.ClocksOf(digest.Timezone);
        var started = time.GetTimestamp();
        await using var writing = await database.OpenConnectionAsync(cancel);
        await using var transaction = await writing.BeginTransactionAsync(cancel);
        var plans = new PlanStore(writing, transaction, time.GetUtcNow(), cancel);
        await plans.LockAsync();
        var (edition, sendAt) = await plans.OpenAsync(digest.Id, occurrence);
        var (planInputs, taxonomy, rolesByLabel) = await inputs.ReadAsync(digest, edition, sendAt, cancel);
        if (change is not null)
        {
            await change(writing, transaction, edition, planInputs);
            planInputs = planInputs with { Overrides = await OverrideStore.ListAsync(writing, transaction, edition, cancel) };
        }

        // History is read on a second connection: the first is busy with COPY.
        await using var reading = await database.OpenConnectionAsync(cancel);
        var at = sendAt ?? time.GetUtcNow();
        var pipeline = new ReaderPipeline(reading, digest.Id, planInputs, taxonomy, rolesByLabel, at);
        var writer = new PlanRowStore(writing, transaction, edition, cancel);
        await Task.WhenAll(pipeline.OpenAsync(edition, cancel), writer.ClearAsync());
        var (due, skipped) = await writer.WriteAsync(pipeline.BlocksAsync(cancel), hasTime: sendAt is not null);
        var plan = new EditionPlan
        {
            Edition = edition,
            PlanHash = planInputs.Hash(),
            Subscribers = due + skipped,
            Cohorts = pipeline.Cohorts,
            Compositions = pipeline.Compositions,
            Deliveries = due,
            Empty = skipped,
            Seconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 3),
        };
        await plans.CloseAsync(plan, planInputs);
        await transitions.ApproveUnaskedAsync(writing, transaction, edition);
        await transaction.CommitAsync(cancel);
        if (pipeline.UnknownZones > 0)
        {
            log.LogWarning(
                "Edition {Edition}: readers with an unknown time zone, planned as UTC: {Readers}; 'newsletter doctor' lists the zones", edition,
                pipeline.UnknownZones);
        }
        return plan;
    }
}

/// <summary>Changes the overrides of the edition that is being planned, within the planning transaction.</summary>
/// <param name="inputs">The plan's inputs before the change.</param>
internal delegate Task OverrideChange(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, PlanInputs inputs);
