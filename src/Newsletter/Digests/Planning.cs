using System.Security.Cryptography;
using System.Text;
using Newsletter.Deliveries;
using Newsletter.Items;
using Newsletter.Targeting;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>
/// Plans an edition: reduces every reader to a profile and what was seen, composes once per cohort, and writes the
/// deliveries. All in one transaction under a lock of the whole installation: there is no half plan, and no item can be
/// chosen twice for one person.
/// </summary>
public sealed class Planning(
    NpgsqlDataSource database, DigestStore digests, ItemStore items,
    TaxonomyStore taxonomies, LabelStore labels, TimeProvider time)
{
    /// <summary>Plans now; replaces the digest's unapproved plan when there is one.</summary>
    /// <exception cref="Refusal">NotFound: no such digest.</exception>
    public async Task<EditionPlan> PlanAsync(string slug, CancellationToken cancel = default) =>
        await PlanAsync(await digests.GetAsync(slug), occurrence: null, cancel);

    /// <param name="occurrence">The time the schedule names; null for a plan by hand.</param>
    public async Task<EditionPlan> PlanAsync(Digest digest, DateTimeOffset? occurrence, CancellationToken cancel = default)
    {
        var started = time.GetTimestamp();
        var taxonomy = await taxonomies.LoadAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var plans = new PlanStore(connection, transaction, time.GetUtcNow(), cancel);
        await plans.LockAsync();
        var editionId = await plans.OpenAsync(digest.Id, occurrence);
        var candidates = await items.CandidatesAsync(time.GetUtcNow().AddDays(-digest.CandidateDays), cancel);
        var composer = new Composer(digest, taxonomy, candidates);
        var readers = await ReadAsync(plans, digest, composer.RelevantRoles, await labels.RolesByLabelAsync(cancel));
        var seen = new SeenItems();
        await ReadHistoryAsync(plans, editionId, candidates, readers, seen);

        var cohorts = new Dictionary<(int Profile, int Seen), PlannedDelivery>();
        var deliveries = new List<PlannedDelivery>(readers.Ids.Count);
        for (var i = 0; i < readers.Ids.Count; i++)
        {
            if (readers.Suppressed.Contains(readers.Ids[i]))
            {
                deliveries.Add(new PlannedDelivery(readers.Ids[i], null, SkipReason.Suppressed));
                continue;
            }
            var cohort = (readers.Profiles[i], readers.Seen[i]);
            if (!cohorts.TryGetValue(cohort, out var planned))
            {
                var (composition, reason) = composer.Compose(readers.ProfileOf(cohort.Item1), seen[cohort.Item2]);
                cohorts[cohort] = planned = new PlannedDelivery(0, composition?.Number, reason);
            }
            deliveries.Add(planned with { SubscriberId = readers.Ids[i] });
        }
        await new PlanWriter(connection, transaction, editionId, cancel).WriteAsync(composer, deliveries);
        var hash = Hash(composer);
        await plans.CloseAsync(editionId, hash, deliveries.Count, cohorts.Count);
        await transaction.CommitAsync(cancel);
        var due = deliveries.Count(d => d.Composition is not null);
        return new EditionPlan
        {
            Edition = editionId,
            PlanHash = hash,
            Subscribers = deliveries.Count,
            Cohorts = cohorts.Count,
            Compositions = composer.Compositions.Count,
            Deliveries = due,
            Empty = deliveries.Count - due,
            Seconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 3),
        };
    }

    private async Task<Readers> ReadAsync(PlanStore plans, Digest digest, IReadOnlySet<int> relevant, IReadOnlyDictionary<int, IReadOnlyList<int>> rolesByLabel)
    {
        var readers = new Readers(relevant, rolesByLabel);
        var today = TimeZoneInfo.ConvertTime(time.GetUtcNow(), Schedule.Zone(digest.Timezone));
        await foreach (var reader in plans.ReadersAsync(digest.Id, DateOnly.FromDateTime(today.DateTime)))
        {
            readers.Add(reader);
        }
        return readers;
    }

    private static async Task ReadHistoryAsync(PlanStore plans, long editionId, IReadOnlyList<Candidate> candidates, Readers readers, SeenItems seen)
    {
        var past = await plans.PastCompositionsAsync(editionId, candidates.Select(c => c.ItemId).ToList());
        foreach (var edition in past.GroupBy(p => p.EditionId))
        {
            var held = edition.ToDictionary(p => p.Number, p => seen.NumberOf(p.ItemIds));
            await foreach (var (subscriberId, composition) in plans.PastDeliveriesAsync(edition.Key))
            {
                if (held.TryGetValue(composition, out var number) && readers.Ids.BinarySearch(subscriberId) is var i and >= 0)
                {
                    readers.Seen[i] = seen.Union(readers.Seen[i], number);
                }
            }
        }
    }

    /// <summary>
    /// Over the lists of items that readers get: which revisions, at which depth, for which reasons. Not over who gets
    /// which, so that a plan stays the same while people come and go.
    /// </summary>
    private static string Hash(Composer composer)
    {
        var lines = composer.Choices.ToDictionary(c => c.Number, c => $"{c.RevisionId} {c.Depth} {string.Join('|', c.Reasons.Select(r => r.Text))}");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var list in composer.Compositions.Select(c => string.Join('\n', c.Choices.Select(number => lines[number]))).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(list + "\n\n"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
