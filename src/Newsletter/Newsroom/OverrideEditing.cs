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
/// Edits the overrides of a planned edition. Each change is one transaction with the plan made from it: an approved plan
/// always includes all overrides, and a failed plan rolls its change back.
/// </summary>
public sealed class OverrideEditing(
    EditionPlanning planning, EditionStore editions, DigestStore digests, ItemStore items, TaxonomyStore taxonomies, AuditStore audit)
{
    /// <summary>The maximum number of items in a mail.</summary>
    public const int LongestOrder = 50;

    /// <summary>Adds overrides and plans the edition again.</summary>
    /// <param name="kind">One of <see cref="OverrideKind"/>.</param>
    /// <param name="itemIds">One id; for <c>order</c> 1 to 50 distinct ids.</param>
    /// <param name="role">A slug or label that limits the override to readers of these roles; null for all readers.</param>
    /// <exception cref="Refusal">
    /// NotFound: no such edition or item. Conflict: the edition is not in state planned. Invalid: no such role, an item that is
    /// no candidate (except for <c>exclude</c>), or an order that repeats an item.
    /// </exception>
    public async Task<EditionPlan> AddAsync(
        long editionId, string kind, IReadOnlyList<long> itemIds, string? role, string actor, CancellationToken cancel = default)
    {
        var edition = await PlannedAsync(editionId);
        await CheckItemsAsync(itemIds);
        var roles = role is null ? [null] : (await RolesAsync(role, cancel)).Select(r => (Role?)r).ToList();
        return await PlanAsync(edition, async (connection, transaction, inputs) =>
        {
            CheckCandidates(kind, itemIds, edition, inputs);
            foreach (var one in roles)
            {
                await OverrideStore.AddAsync(connection, transaction, editionId, kind, itemIds, one?.Id);
            }
            var whom = role is null ? "" : $", for {string.Join(" and ", roles.Select(r => r!.Name))}";
            await audit.RecordAsync(connection, transaction, actor, $"edition steered: {kind}", $"edition {editionId}, {Named(itemIds)}{whom}");
        }, cancel);
    }

    /// <summary>Moves an item to a position of the editor's order, or to the end of a shorter order, and plans the edition again.</summary>
    /// <param name="place">1 to <see cref="LongestOrder"/>.</param>
    /// <exception cref="Refusal">As <see cref="AddAsync"/>. Invalid: the position is out of range, or the order is full.</exception>
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

    /// <summary>Removes all overrides of an item and plans the edition again.</summary>
    /// <exception cref="Refusal">NotFound: no such edition, or no override of this item. Conflict: the edition is not in state planned.</exception>
    public async Task<EditionPlan> RemoveAsync(long editionId, long itemId, string actor, CancellationToken cancel = default) =>
        await PlanAsync(await PlannedAsync(editionId), async (connection, transaction, _) =>
        {
            if (!await OverrideStore.RemoveAsync(connection, transaction, editionId, itemId))
            {
                throw Refusal.NotFound($"Edition {editionId} has no override of item {itemId} (pin, exclude, lead or order): there is nothing to remove.");
            }
            await audit.RecordAsync(connection, transaction, actor, "edition steered: taken back", $"edition {editionId}, item {itemId}");
        }, cancel);

    private async Task<EditionPlan> PlanAsync(Edition edition, Func<NpgsqlConnection, NpgsqlTransaction, PlanInputs, Task> change, CancellationToken cancel) =>
        // Null keeps the edition's own occurrence and send time, which an editor may have changed.
        await planning.PlanAsync(await digests.GetAsync(edition.DigestId), occurrence: null, async (connection, transaction, planned, inputs) =>
        {
            if (planned != edition.Id)
            {
                throw Refusal.Conflict($"Edition {edition.Id} was approved or ended meanwhile: it cannot be changed by overrides any more.");
            }
            await change(connection, transaction, inputs);
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

    private static void CheckCandidates(string kind, IReadOnlyList<long> ids, Edition edition, PlanInputs inputs)
    {
        if (kind == OverrideKind.Exclude)
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
