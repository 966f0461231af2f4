using System.Globalization;
using Newsletter.Choosing;
using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Planning;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Newsroom;

/// <summary>
/// The editor's hand in a planned edition. Each move and the new plan made with it are one transaction: what is approved
/// is always a plan of all moves, and a plan that fails takes its move with it.
/// </summary>
public sealed class OverrideEditing(
    EditionPlanning planning, EditionStore editions, DigestStore digests, ItemStore items, TaxonomyStore taxonomies, AuditStore audit)
{
    /// <summary>As many as a mail can have.</summary>
    public const int LongestOrder = 50;

    /// <summary>Makes a move and plans the edition again.</summary>
    /// <param name="deed">One of <see cref="OverrideKind"/>.</param>
    /// <param name="itemIds">One; for <c>order</c> 1 to 50, each once.</param>
    /// <param name="role">A slug or a label: for readers of these roles only. Null for all.</param>
    /// <exception cref="Refusal">
    /// NotFound: no such edition or item. Conflict: the edition is not planned, or is no longer. Invalid: no such role, an
    /// item that is no candidate (but for <c>exclude</c>), an order that names an item twice.
    /// </exception>
    public async Task<EditionPlan> SteerAsync(
        long editionId, string deed, IReadOnlyList<long> itemIds, string? role, string actor, CancellationToken cancel = default)
    {
        var edition = await PlannedAsync(editionId);
        await CheckItemsAsync(itemIds);
        var roles = role is null ? [null] : (await RolesAsync(role, cancel)).Select(r => (Role?)r).ToList();
        return await PlanAsync(edition, async (connection, transaction, inputs) =>
        {
            CheckCandidates(deed, itemIds, edition, inputs);
            foreach (var one in roles)
            {
                await OverrideStore.AddAsync(connection, transaction, editionId, deed, itemIds, one?.Id);
            }
            var whom = role is null ? "" : $", for {string.Join(" and ", roles.Select(r => r!.Name))}";
            await audit.RecordAsync(connection, transaction, actor, $"edition steered: {deed}", $"edition {editionId}, {Named(itemIds)}{whom}");
        }, cancel);
    }

    /// <summary>Puts an item in a place of the editor's order, after the last when there are fewer, and plans the edition again.</summary>
    /// <param name="place">1 to <see cref="LongestOrder"/>.</param>
    /// <exception cref="Refusal">As <see cref="SteerAsync"/>. Invalid: a place that cannot be, or the order is full.</exception>
    public async Task<EditionPlan> PlaceAsync(long editionId, long itemId, int place, string actor, CancellationToken cancel = default)
    {
        if (place is < 1 or > LongestOrder)
        {
            throw Refusal.Invalid($"An item cannot have position {place}: give one from 1 to {LongestOrder}.").About("place");
        }
        var edition = await PlannedAsync(editionId);
        await CheckItemsAsync([itemId]);
        return await PlanAsync(edition, async (connection, transaction, inputs) =>
        {
            CheckCandidates(OverrideKind.Order, [itemId], edition, inputs);
            var order = inputs.Overrides.Where(s => s.Kind == OverrideKind.Order && s.ItemId != itemId).OrderBy(s => s.Position).Select(s => s.ItemId).ToList();
            order.Insert(Math.Min(place - 1, order.Count), itemId);
            await CheckItemsAsync(order);
            await OverrideStore.AddAsync(connection, transaction, editionId, OverrideKind.Order, order, null);
            await audit.RecordAsync(connection, transaction, actor, $"edition steered: {OverrideKind.Order}", $"edition {editionId}, {Named(order)}");
        }, cancel);
    }

    /// <summary>Takes back all moves with an item and plans the edition again.</summary>
    /// <exception cref="Refusal">NotFound: no such edition, or no move with this item. Conflict: the edition is not planned.</exception>
    public async Task<EditionPlan> UnsteerAsync(long editionId, long itemId, string actor, CancellationToken cancel = default) =>
        await PlanAsync(await PlannedAsync(editionId), async (connection, transaction, _) =>
        {
            if (!await OverrideStore.RemoveAsync(connection, transaction, editionId, itemId))
            {
                throw Refusal.NotFound($"Edition {editionId} has no override of item {itemId} (pin, exclude, lead or order): there is nothing to remove.");
            }
            await audit.RecordAsync(connection, transaction, actor, "edition steered: taken back", $"edition {editionId}, item {itemId}");
        }, cancel);

    private async Task<EditionPlan> PlanAsync(Edition edition, Func<NpgsqlConnection, NpgsqlTransaction, PlanInputs, Task> move, CancellationToken cancel) =>
        // Without its occurrence, which it keeps: an editor may have scheduled it for another time.
        await planning.PlanAsync(await digests.GetAsync(edition.DigestId), occurrence: null, async (connection, transaction, planned, inputs) =>
        {
            if (planned != edition.Id)
            {
                throw Refusal.Conflict($"Edition {edition.Id} was approved or ended meanwhile: it cannot be changed by overrides any more.");
            }
            await move(connection, transaction, inputs);
        }, cancel);

    private async Task<Edition> PlannedAsync(long id)
    {
        var edition = await editions.GetAsync(id);
        return edition.State switch
        {
            EditionState.Planned => edition,
            EditionState.Approved => throw Refusal.Conflict(
                $"Edition {id} is approved, and exactly the approved plan is sent: cancel it ('newsletter editions cancel {id}') "
                + "and plan it again to change it by overrides."),
            _ => throw Refusal.Conflict($"Edition {id} is {edition.State}, so it cannot be changed by overrides: change the next one before it is approved."),
        };
    }

    private async Task CheckItemsAsync(IReadOnlyList<long> ids)
    {
        if (ids.Count > LongestOrder)
        {
            throw Refusal.Invalid($"The order names {ids.Count} items: a mail has at most {LongestOrder}.").About("Place");
        }
        if (ids.GroupBy(id => id).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Refusal.Invalid($"The order names item {twice.Key} {twice.Count()} times: name each item once.");
        }
        foreach (var id in ids)
        {
            if (await items.FindAsync(id) is null)
            {
                throw Refusal.NotFound($"There is no item {id}: 'newsletter items list' shows the items.");
            }
        }
    }

    private static void CheckCandidates(string deed, IReadOnlyList<long> ids, Edition edition, PlanInputs inputs)
    {
        if (deed == OverrideKind.Exclude)
        {
            return;
        }
        var candidates = inputs.Candidates.Select(c => c.ItemId).ToHashSet();
        foreach (var id in ids.Where(id => !candidates.Contains(id)))
        {
            throw Refusal.Invalid(
                $"Item {id} is not a candidate of edition {edition.Id}: it is archived, has no known role, or was imported more than "
                + $"{Amount.Of(inputs.CandidateDays, "day")} ago ('newsletter items show {id}').");
        }
    }

    private async Task<IReadOnlyList<Role>> RolesAsync(string role, CancellationToken cancel)
    {
        var resolution = (await taxonomies.ResolverAsync(cancel)).ResolveSlugOrLabel(role);
        return resolution.Roles.Count > 0 ? resolution.Roles
            : throw Refusal.Invalid(
                $"No role matches \"{RoleLabel.Shown(role)}\"{(resolution.Suggestions is [var closest, ..] ? $" (perhaps {closest.Slug}?)" : "")}: "
                + "'newsletter roles list' shows all roles.").About(nameof(role));
    }

    private static string Named(IReadOnlyList<long> ids) =>
        (ids.Count == 1 ? "item " : "items ") + string.Join(", ", ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));
}
