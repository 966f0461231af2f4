using Microsoft.Extensions.Options;
using Newsletter.Items;

namespace Newsletter.Digests;

/// <summary>Gathers what decides a plan.</summary>
public sealed class PlanInputReading(ItemStore items, SteerStore steers, EditionStore editions, DigestStore digests, IOptions<ChoosingOptions> choosing, TimeProvider time)
{
    /// <param name="edition">Whose editor's hand counts; 0 for none.</param>
    /// <param name="sendAt">When it is to be sent; null counts as now.</param>
    public Task<PlanInputs> ReadAsync(Digest digest, long edition, DateTimeOffset? sendAt, CancellationToken cancel = default) =>
        ReadAsync(digest, edition, time.GetUtcNow().AddDays(-digest.CandidateDays), sendAt ?? time.GetUtcNow(), cancel);

    /// <summary>
    /// Why the plan of an edition is not what would be planned now: one sentence; null when it still stands. See
    /// <see cref="PlanInputs.ChangesTo"/> for what is tolerated.
    /// </summary>
    public async Task<string?> ChangesAsync(Edition edition)
    {
        if (await editions.InputsAsync(edition.Id) is not { } kept)
        {
            return null;
        }
        var digest = await digests.GetAsync(edition.DigestId);
        // As far back as when it was planned: growing old on the way is no change.
        var now = await ReadAsync(digest, edition.Id, edition.PlannedAt!.Value.AddDays(-kept.CandidateDays), time.GetUtcNow(), default);
        var changes = kept.ChangesTo(now, await editions.PlannedItemsAsync(edition.Id));
        const int told = 3;
        return changes.Count == 0 ? null
            : $"Edition {edition.Id} was planned from other inputs: {string.Join("; ", changes.Take(told))}{(changes.Count > told ? $"; and {changes.Count - told} more" : "")}.";
    }

    private async Task<PlanInputs> ReadAsync(Digest digest, long edition, DateTimeOffset since, DateTimeOffset at, CancellationToken cancel)
    {
        var (subject, intro) = await editions.WordsAsync(edition, cancel);
        return new()
        {
            MinItems = digest.MinItems,
            MaxItems = digest.MaxItems,
            CandidateDays = digest.CandidateDays,
            Day = DateOnly.FromDateTime(at.UtcDateTime),
            Choosing = choosing.Value,
            Candidates = await items.CandidatesAsync(since, cancel),
            Hand = await steers.ListAsync(edition, cancel),
            Subject = subject,
            Intro = intro,
        };
    }
}
