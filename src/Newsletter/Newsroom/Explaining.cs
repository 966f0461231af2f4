using Newsletter.Addresses;
using Newsletter.Choosing;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Planning;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Newsroom;

/// <summary>Explains which items a reader gets from an edition, which are withheld, and why.</summary>
public sealed class Explaining(
    NpgsqlDataSource database, EditionStore editions, PlanInputStore plans, CompositionStore compositions, ItemStore items,
    SubscriberStore subscribers, TaxonomyStore taxonomies, LabelStore labels)
{
    /// <exception cref="Refusal">NotFound: no such edition, or no reader of it has this address.</exception>
    public async Task<Explanation> WhyAsync(long editionId, string email) =>
        await WhyAsync(await editions.GetAsync(editionId), await subscribers.GetAsync(EmailAddress.Parse(email)));

    /// <exception cref="Refusal">NotFound: the edition has no delivery for this reader.</exception>
    public async Task<Explanation> WhyAsync(Edition edition, Subscriber subscriber)
    {
        var delivery = await compositions.DeliveryOfAsync(edition.Id, subscriber.Id)
            ?? throw Refusal.NotFound(
                $"{EmailAddress.ReadableOf(subscriber.Email)} is not in edition {edition.Id}: at planning time this reader was not confirmed, "
                + $"was paused, was not due by cadence, or had unsubscribed from {edition.DigestSlug}.");
        var numbers = Composition.Numbers(delivery.Composition ?? []);
        var choices = await compositions.ChoicesAsync(edition.Id, numbers);
        var chosen = numbers.Select(number => choices[number]).ToList();
        var contents = await items.RevisionsAsync(chosen.Select(c => c.RevisionId).ToList());
        return new Explanation
        {
            Subscriber = subscriber.Email,
            State = delivery.State,
            Note = delivery.State == DeliveryState.Skipped ? SkipReason.Describe(delivery.Reason) : delivery.Reply,
            Items = chosen.Select((c, i) => new ExplainedItem(
                c.ItemId, contents[c.RevisionId].Title, i + 1, Composition.HasSections(chosen) ? c.Section : null, c.DepthAt(i),
                [.. c.Reasons.Select(reason => new ExplainedReason(reason.Kind, ReasonText.Sentence(reason), reason.ForWhom))])).ToList(),
            Withheld = await WithheldAsync(edition, subscriber.Id, chosen.Select(c => c.ItemId).ToHashSet()),
        };
    }

    /// <summary>Chooses again, from the inputs stored with the edition and the reader's current preferences and history.</summary>
    private async Task<IReadOnlyList<WithheldItem>> WithheldAsync(Edition edition, long subscriberId, IReadOnlySet<long> chosen)
    {
        if (await plans.FindAsync(edition.Id) is not { } inputs)
        {
            return [];
        }
        var (taxonomy, rolesByLabel) = (await taxonomies.LoadAsync(), await labels.RolesByLabelAsync());
        await using var connection = await database.OpenConnectionAsync();
        var at = edition.SendAt ?? edition.PlannedAt ?? edition.CreatedAt;
        var pipeline = new ReaderPipeline(connection, edition.DigestId, inputs, taxonomy, rolesByLabel, at);
        var block = await pipeline.OneAsync(subscriberId, edition.Id);
        pipeline.Composer.Compose(block.ProfileOf(block.Readers[0]), block.Seen(0));
        return Enumerable.Range(0, pipeline.Composer.Index.Candidates.Count)
            .Select(number => (Number: number, Item: pipeline.Composer.Index.Candidates[number]))
            .Where(c => !chosen.Contains(c.Item.ItemId))
            .OrderByDescending(c => pipeline.Composer[c.Number].Points).ThenBy(c => c.Number)
            .Select(c => Withheld(pipeline.Composer, c.Number, inputs, chosen.Count > 0))
            .ToList();
    }

    private static WithheldItem Withheld(Composer composer, int candidate, PlanInputs inputs, bool hasMail)
    {
        var item = composer.Index.Candidates[candidate];
        var (kind, reason) = WithheldText.Of(composer[candidate].Outcome, item, inputs, hasMail);
        return new WithheldItem(item.ItemId, item.Title, kind, reason);
    }
}
