using Microsoft.Extensions.Logging;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>
/// Plans an edition: composes for every reader and writes the deliveries. All in one transaction under a lock of the whole
/// installation: there is no half plan, and no item can be chosen twice for one person.
/// </summary>
public sealed class EditionPlanning(
    NpgsqlDataSource database, DigestStore digests, EditionTransitionStore transitions, PlanInputLoader inputs,
    SendingGuard guard, TimeProvider time, ILogger<EditionPlanning> log)
{
    // A plan needs a second connection while it holds its own; waiting plans must not hold all there are.
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Plans now; replaces the digest's unapproved plan when there is one.</summary>
    /// <exception cref="Refusal">NotFound: no such digest. Invalid: this machine does not know the digest's time zone.</exception>
    public async Task<EditionPlan> PlanAsync(string slug, CancellationToken cancel = default) =>
        await PlanAsync(await digests.GetAsync(slug), occurrence: null, cancel);

    /// <param name="occurrence">The time the schedule names; null for a plan by hand.</param>
    public Task<EditionPlan> PlanAsync(Digest digest, DateTimeOffset? occurrence, CancellationToken cancel = default) =>
        PlanAsync(digest, occurrence, move: null, cancel);

    /// <summary>Makes a move of the editor's hand and plans with it: both are done, or neither.</summary>
    /// <param name="move">Stores it; refuses what cannot be.</param>
    internal async Task<EditionPlan> PlanAsync(Digest digest, DateTimeOffset? occurrence, HandMove? move, CancellationToken cancel)
    {
        // A plan without need for approval would be sent.
        await guard.EnsureReleasedAsync();
        await turn.WaitAsync(cancel);
        try
        {
            return await PlanInTurnAsync(digest, occurrence, move, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<EditionPlan> PlanInTurnAsync(Digest digest, DateTimeOffset? occurrence, HandMove? move, CancellationToken cancel)
    {
        Schedule.ClocksOf(digest.Timezone);
        var started = time.GetTimestamp();
        await using var writing = await database.OpenConnectionAsync(cancel);
        await using var transaction = await writing.BeginTransactionAsync(cancel);
        var plans = new PlanStore(writing, transaction, time.GetUtcNow(), cancel);
        await plans.LockAsync();
        var (edition, sendAt) = await plans.OpenAsync(digest.Id, occurrence);
        var (decisive, taxonomy, meanings) = await inputs.ReadAsync(digest, edition, sendAt, cancel);
        if (move is not null)
        {
            await move(writing, transaction, edition, decisive);
            decisive = decisive with { Overrides = await OverrideStore.ListAsync(writing, transaction, edition, cancel) };
        }

        // What other editions hold is read over a connection of its own: this one is busy writing.
        await using var reading = await database.OpenConnectionAsync(cancel);
        var at = sendAt ?? time.GetUtcNow();
        var call = new ReaderPipeline(reading, digest.Id, decisive, taxonomy, meanings, at);
        var writer = new PlanRowStore(writing, transaction, edition, cancel);
        await Task.WhenAll(call.OpenAsync(edition, cancel), writer.ClearAsync());
        var (due, skipped) = await writer.WriteAsync(call.BlocksAsync(cancel), hasTime: sendAt is not null);
        var plan = new EditionPlan
        {
            Edition = edition,
            PlanHash = decisive.Hash(),
            Subscribers = due + skipped,
            Cohorts = call.Cohorts,
            Compositions = call.Compositions,
            Deliveries = due,
            Empty = skipped,
            Seconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 3),
        };
        await plans.CloseAsync(plan, decisive);
        await transitions.ApproveUnaskedAsync(writing, transaction, edition);
        await transaction.CommitAsync(cancel);
        if (call.UnknownZones > 0)
        {
            log.LogWarning(
                "Edition {Edition}: unknown time zones of readers, counted as UTC: {Readers}; 'newsletter doctor' names them", edition, call.UnknownZones);
        }
        return plan;
    }
}

/// <summary>Changes the editor's hand in the edition that is being planned, within its transaction.</summary>
/// <param name="inputs">Of the plan, before the move.</param>
internal delegate Task HandMove(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, PlanInputs inputs);
