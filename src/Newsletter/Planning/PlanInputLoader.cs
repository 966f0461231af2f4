using System.Data;
using Microsoft.Extensions.Options;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>Loads everything that determines a plan.</summary>
public sealed class PlanInputLoader(
    NpgsqlDataSource database, PlanInputStore plans, DigestStore digests, TaxonomyStore taxonomies, IOptions<ChoosingOptions> choosing, TimeProvider time)
{
    /// <param name="edition">The edition whose overrides apply; 0 for none.</param>
    /// <param name="sendAt">Send time; null means now.</param>
    internal Task<PlanSnapshot> ReadAsync(Digest digest, long edition, DateTimeOffset? sendAt, CancellationToken cancel = default) =>
        ReadAsync(digest, edition, time.GetUtcNow().AddDays(-digest.CandidateDays), sendAt ?? time.GetUtcNow(), cancel);

    /// <summary>
    /// Compares the inputs of an edition's plan with today's: one sentence on the differences, or null if the plan is still valid. See
    /// <see cref="PlanInputs.ChangesTo"/> for the tolerated differences.
    /// </summary>
    public async Task<string?> ChangesAsync(Edition edition)
    {
        if (await plans.FindAsync(edition.Id) is not { } kept)
        {
            return null;
        }
        var digest = await digests.GetAsync(edition.DigestId);
        // The candidate window starts where it did at planning: an item that ages out of it is no change.
        var now = await ReadAsync(digest, edition.Id, edition.PlannedAt!.Value.AddDays(-kept.CandidateDays), time.GetUtcNow(), default);
        var (items, roles) = await plans.PlannedAsync(edition.Id);
        var changes = kept.ChangesTo(now.Inputs, items, roles);
        const int told = 3;
        return changes.Count == 0 ? null
            : $"Edition {edition.Id} was planned from other inputs: {string.Join("; ", changes.Take(told))}"
                + $"{(changes.Count > told ? $"; and {changes.Count - told} more" : "")}.";
    }

    private async Task<PlanSnapshot> ReadAsync(Digest digest, long edition, DateTimeOffset since, DateTimeOffset at, CancellationToken cancel)
    {
        // Seeds the taxonomy on first use.
        await taxonomies.LoadAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        // One snapshot: an item's role must be in the taxonomy that is read with it.
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
