using System.Data;
using Microsoft.Extensions.Options;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>Gathers what decides a plan.</summary>
public sealed class PlanInputLoader(
    NpgsqlDataSource database, PlanInputStore plans, DigestStore digests, TaxonomyStore taxonomies, IOptions<ChoosingOptions> choosing, TimeProvider time)
{
    /// <param name="edition">Whose editor's hand counts; 0 for none.</param>
    /// <param name="sendAt">When it is to be sent; null counts as now.</param>
    internal Task<PlanSnapshot> ReadAsync(Digest digest, long edition, DateTimeOffset? sendAt, CancellationToken cancel = default) =>
        ReadAsync(digest, edition, time.GetUtcNow().AddDays(-digest.CandidateDays), sendAt ?? time.GetUtcNow(), cancel);

    /// <summary>
    /// Why the plan of an edition is not what would be planned now: one sentence; null when it still stands. See
    /// <see cref="PlanInputs.ChangesTo"/> for what is tolerated.
    /// </summary>
    public async Task<string?> ChangesAsync(Edition edition)
    {
        if (await plans.FindAsync(edition.Id) is not { } kept)
        {
            return null;
        }
        var digest = await digests.GetAsync(edition.DigestId);
        // As far back as when it was planned: growing old on the way is no change.
        var now = await ReadAsync(digest, edition.Id, edition.PlannedAt!.Value.AddDays(-kept.CandidateDays), time.GetUtcNow(), default);
        var (items, roles) = await plans.PlannedAsync(edition.Id);
        var changes = kept.ChangesTo(now.Inputs, items, roles);
        const int told = 3;
        return changes.Count == 0 ? null
            : $"Edition {edition.Id} was planned from other inputs: {string.Join("; ", changes.Take(told))}{(changes.Count > told ? $"; and {changes.Count - told} more" : "")}.";
    }

    private async Task<PlanSnapshot> ReadAsync(Digest digest, long edition, DateTimeOffset since, DateTimeOffset at, CancellationToken cancel)
    {
        // Seeds where there is nothing yet.
        await taxonomies.LoadAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        // All of one moment: a role of an item must not be one that the taxonomy read before it lacks.
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var taxonomy = await TaxonomyStore.ReadAsync(connection, cancel);
        var (subject, intro) = await PlanInputStore.TextAsync(connection, edition, cancel);
        var inputs = new PlanInputs
        {
            MinItems = digest.MinItems,
            MaxItems = digest.MaxItems,
            CandidateDays = digest.CandidateDays,
            Day = DateOnly.FromDateTime(at.UtcDateTime),
            Choosing = choosing.Value,
            Candidates = await CandidateStore.ReadAsync(connection, since, cancel),
            Overrides = await OverrideStore.ListAsync(connection, moment, edition, cancel),
            Roles = PlannedRole.Of(taxonomy),
            Subject = subject,
            Intro = intro,
        };
        return new(inputs, taxonomy, await LabelStore.RolesByLabelAsync(connection, cancel));
    }
}
