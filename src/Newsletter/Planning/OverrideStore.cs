using Dapper;
using Newsletter.Choosing;
using Npgsql;

namespace Newsletter.Planning;

/// <summary>The editor's overrides of each edition.</summary>
public sealed class OverrideStore(NpgsqlDataSource database)
{
    /// <summary>The overrides in a fixed order, because plan hashes cover them.</summary>
    public async Task<IReadOnlyList<ItemOverride>> ListAsync(long editionId, CancellationToken cancel = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ListAsync(connection, null, editionId, cancel);
    }

    internal static async Task<IReadOnlyList<ItemOverride>> ListAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long editionId, CancellationToken cancel) =>
        (await connection.QueryAsync<ItemOverride>(new CommandDefinition(
            "select item_id, role_id, deed as kind, position from steers where edition_id = @editionId order by deed, position, item_id, role_id nulls first",
            new { editionId }, transaction, cancellationToken: cancel))).AsList();

    /// <summary>
    /// Adds overrides. A new lead replaces the previous lead for the same readers; a new order replaces the whole previous order.
    /// A pin removes an exclusion of the same item for the same readers, and vice versa.
    /// </summary>
    internal static Task AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, string kind, IReadOnlyList<long> items, int? role) =>
        connection.ExecuteAsync(
            """
            delete from steers where edition_id = @editionId and role_id is not distinct from @role and (
                (@kind in ('lead', 'order') and deed = @kind)
                or (item_id = any(@items) and deed = @kind)
                or (item_id = any(@items) and (@kind, deed) in (('pin', 'exclude'), ('exclude', 'pin'), ('lead', 'exclude'), ('exclude', 'lead'))));
            insert into steers (edition_id, item_id, role_id, deed, position)
            select @editionId, item, @role, @kind, case @kind when 'order' then place else 0 end
            from unnest(@items) with ordinality as g (item, place)
            """, new { editionId, kind, items = items.ToArray(), role }, transaction);

    /// <summary>Removes all overrides of an item.</summary>
    /// <returns>Whether there were any.</returns>
    internal static async Task<bool> RemoveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, long item) =>
        await connection.ExecuteAsync("delete from steers where edition_id = @editionId and item_id = @item", new { editionId, item }, transaction) > 0;
}
