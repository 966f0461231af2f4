using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Planning;
using Newsletter.Roles;

namespace Newsletter.Newsroom;

/// <summary>Compares an edition's items with its readers' roles, and suggests where more items would help most.</summary>
public sealed class Coverage(
    CoverageStore store, EditionStore editions, PlanInputStore plans, TaxonomyStore taxonomies, LabelStore labels, TimeProvider time)
{
    /// <exception cref="Refusal">NotFound: no such edition. Conflict: it was never planned, or was planned by a version that stored no inputs.</exception>
    public async Task<CoverageReport> OfAsync(long editionId, CancellationToken cancel = default)
    {
        var edition = await editions.GetAsync(editionId);
        var inputs = await plans.FindAsync(editionId)
            ?? throw Refusal.Conflict(
                $"The plan inputs of edition {editionId} are not stored (it is {edition.State}): "
                + $"plan an edition with 'newsletter editions plan {edition.DigestSlug}'.");
        var taxonomy = await taxonomies.LoadAsync(cancel);
        var rolesByLabel = await labels.RolesByLabelAsync(cancel);
        var confirmed = ByRole(await store.ReadersAsync(cancel), rolesByLabel);
        var people = ByRole(await store.PeopleAsync(editionId, cancel), rolesByLabel);
        var mails = await store.MailsAsync(editionId, cancel);
        var lastSent = await store.LastSentAsync(cancel);
        return new CoverageReport
        {
            Edition = editionId,
            Digest = edition.DigestSlug,
            MaxItems = inputs.MaxItems,
            Roles = taxonomy.Roles
                .Select(role => new RoleCoverage
                {
                    Role = role.Slug,
                    Name = role.Name,
                    Readers = confirmed[role.Id].Sum(group => group.Readers),
                    Items = inputs.Candidates.Where(c => c.Roles.Any(r => taxonomy.Fits(role.Id, r.RoleId))).Select(c => c.ItemId).ToList(),
                    Mails = mails.GetValueOrDefault(role.Id),
                    Full = people[role.Id].Where(group => group.Items >= inputs.MaxItems).Sum(group => group.Readers),
                    DaysSince = lastSent.TryGetValue(role.Id, out var at) ? (int)(time.GetUtcNow() - at).TotalDays : null,
                    Suggestion = Suggest(people[role.Id], inputs.MaxItems),
                })
                .Where(role => role.Readers > 0 || role.Items.Count > 0)
                .OrderByDescending(role => role.Readers).ThenBy(role => role.Name, StringComparer.Ordinal).ToList(),
            Items = inputs.Candidates.Select(c => new CoveredItem(c.ItemId, c.Title, OverridesOf(c.ItemId, inputs, taxonomy))).ToList(),
        };
    }

    /// <summary>
    /// The number of additional items that fills most mails per item; the smaller number on a tie. Ignores what history, muted topics
    /// and variety limits may withhold.
    /// </summary>
    private static CoverageSuggestion? Suggest(IEnumerable<LabelGroup> people, int slots)
    {
        var lacking = new long[slots + 1];
        foreach (var group in people.Where(group => group.Items < slots))
        {
            lacking[slots - group.Items] += group.Readers;
        }
        CoverageSuggestion? best = null;
        var filled = 0L;
        for (var more = 1; more <= slots; more++)
        {
            filled += lacking[more];
            if (filled > 0 && (best is null || filled * best.Items > best.Readers * more))
            {
                best = new CoverageSuggestion(more, filled);
            }
        }
        return best;
    }

    private static ILookup<int, LabelGroup> ByRole(IReadOnlyList<LabelGroup> groups, IReadOnlyDictionary<int, IReadOnlyList<int>> rolesByLabel) => groups
        .SelectMany(group => group.LabelIds
            .SelectMany(label => rolesByLabel.GetValueOrDefault(label, [])).Distinct().Select(role => (Role: role, Group: group)))
        .ToLookup(pair => pair.Role, pair => pair.Group);

    private static IReadOnlyList<CoveredOverride> OverridesOf(long itemId, PlanInputs inputs, Taxonomy taxonomy) => inputs.Overrides
        .Where(o => o.ItemId == itemId)
        .Select(o => new CoveredOverride(o.Kind, o.RoleId is { } id ? taxonomy.Roles.FirstOrDefault(r => r.Id == id)?.Name : null, o.Position))
        .ToList();
}
