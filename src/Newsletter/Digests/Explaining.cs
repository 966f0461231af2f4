using Newsletter.Addresses;
using Newsletter.Deliveries;
using Newsletter.Items;
using Newsletter.Subscribers;
using Newsletter.Targeting;

namespace Newsletter.Digests;

/// <summary>Says which items a reader gets from an edition and why, and which are withheld and why.</summary>
public sealed class Explaining(
    EditionStore editions, CompositionStore compositions, DigestStore digests, ItemStore items,
    SubscriberStore subscribers, TaxonomyStore taxonomies, LabelStore labels)
{
    /// <exception cref="Refusal">NotFound: no such edition, or nobody with this address in it.</exception>
    public async Task<Explanation> WhyAsync(long editionId, string email)
    {
        var edition = await editions.GetAsync(editionId);
        var subscriber = await subscribers.GetAsync(EmailAddress.Parse(email));
        var delivery = await compositions.DeliveryOfAsync(editionId, subscriber.Id)
            ?? throw Refusal.NotFound($"{subscriber.Email} is not in edition {editionId}: not confirmed when it was planned, paused, or not a reader of {edition.DigestSlug}.");
        var choices = await compositions.ChoicesAsync(editionId);
        var chosen = delivery.Composition is { } number
            ? (await compositions.ReadAsync(editionId, [number])).Single().Choices.Select(n => choices[n]).ToList()
            : [];
        var contents = await items.RevisionsAsync(chosen.Select(c => c.RevisionId).ToList());
        return new Explanation
        {
            Subscriber = subscriber.Email,
            State = delivery.State,
            Note = delivery.State == DeliveryState.Skipped ? SkipReason.Describe(delivery.Reason) : delivery.Reply,
            Items = chosen.Select((c, i) => new ExplainedItem(c.ItemId, contents[c.RevisionId].Title, i + 1, null, c.Depth, c.Reasons)).ToList(),
            Withheld = await WithheldAsync(edition, subscriber, chosen.Select(c => c.ItemId).ToHashSet()),
        };
    }

    private async Task<IReadOnlyList<WithheldItem>> WithheldAsync(Edition edition, Subscriber subscriber, IReadOnlySet<long> chosen)
    {
        var digest = await digests.GetAsync(edition.DigestId);
        var candidates = await items.CandidatesAsync((edition.PlannedAt ?? edition.CreatedAt).AddDays(-digest.CandidateDays));
        var composer = new Composer(digest, await taxonomies.LoadAsync(), candidates);
        var labelIds = await subscribers.LabelIdsAsync(subscriber.Id);
        var profile = new Readers(composer.RelevantRoles, await labels.RolesByLabelAsync()).ProfileOf(labelIds, subscriber.Preferences.Depth);
        var fitting = composer.Fitting(profile).Select(f => f.Candidate.ItemId).ToHashSet();
        var seen = await compositions.HistoryOfAsync(subscriber.Id, edition.Id);
        return candidates
            .Where(c => !chosen.Contains(c.ItemId))
            .Select(c => new WithheldItem(c.ItemId, c.Title,
                seen.Contains(c.ItemId) ? "seen: this reader got it, or is to get it, from another edition"
                : !fitting.Contains(c.ItemId) ? $"fits none of this reader's roles; it is best for {string.Join(", ", c.Roles.Select(r => r.Label).Distinct())}"
                : chosen.Count > 0 ? $"lower fit: over the limit of {digest.MaxItems} items, or imported after the plan"
                : "it fits, but there was nothing to send"))
            .ToList();
    }
}
