using Newsletter.Deliveries;
using Newsletter.Digests;

namespace Newsletter.Web.Pages.Editor;

/// <summary>An edition with its delivery counts: a row of <c>_EditionTable</c>.</summary>
public sealed record EditionRow(Edition Edition, DeliveryAccount Account)
{
    public static async Task<IReadOnlyList<EditionRow>> OfAsync(IEnumerable<Edition> editions, DeliveryStore deliveries) =>
        await Task.WhenAll(editions.Select(async edition => new EditionRow(edition, await deliveries.AccountAsync(edition.Id))));
}
