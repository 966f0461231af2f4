using Dapper;
using Newsletter.Links;
using Npgsql;

namespace Newsletter.Archive;

/// <summary>
/// Access to the pages of items. A page becomes public when the sending of a public edition with the item begins. If mails
/// contained the page's unsigned address, the address keeps working, even if the edition leaves the public archive later.
/// </summary>
public sealed class ItemPageStore(NpgsqlDataSource database)
{
    private const string Begun =
        """
        edition_items ei join editions e on e.id = ei.edition_id and e.started_at is not null join digests d on d.id = e.digest_id
        """;

    private const string IsPublic = "coalesce(e.archive, d.archive) = 'public'";

    public async Task<ItemAudience> AudienceAsync(long itemId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool?>(
            $"select bool_or({IsPublic}) from {Begun} where ei.item_id = @itemId and ({IsPublic} or not e.signs_items)", new { itemId }) switch
        {
            true => ItemAudience.Everybody,
            false => ItemAudience.WhoeverHasTheAddress,
            null => ItemAudience.Editors,
        };
    }

    /// <summary>The id and secret of each item, both contained in a signed address.</summary>
    public async Task<IReadOnlyList<RowKey>> RowsAsync(IReadOnlyCollection<long> itemIds)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(long Id, long Secret)>(
            "select id, secret from items where id = any(@ids)", new { ids = itemIds.ToArray() });
        return rows.Select(row => new RowKey(row.Id, row.Secret)).ToList();
    }

    /// <summary>Whether the address was made for the item that has the id now: a restore may reuse an id, but not its secret.</summary>
    public async Task<bool> IsNamedAsync(SignedLink link)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from items where id = @Id and secret = @Secret)", new { link.Row.Id, link.Row.Secret });
    }

    /// <summary>The subset of these items that readers of an edition may see: public items, and the items of that edition.</summary>
    public async Task<IReadOnlyList<ReadableItem>> ReadableAsync(long editionId, IReadOnlyCollection<long> itemIds)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<ReadableItem>(
            $"""
            select i.id, i.secret, bool_or({IsPublic}) as is_public
            from items i join {Begun} on ei.item_id = i.id
            where i.id = any(@ids) and ({IsPublic} or e.id = @editionId) group by i.id
            """, new { ids = itemIds.ToArray(), editionId })).AsList();
    }
}

/// <summary>The audience of an item's page at its unsigned address. Always includes editors.</summary>
public enum ItemAudience
{
    Editors,

    /// <summary>Not linked or listed anywhere; caches and search engines must not store it.</summary>
    WhoeverHasTheAddress,

    Everybody,
}

/// <summary>An item whose page a reader may see.</summary>
public sealed record ReadableItem
{
    public required long Id { get; init; }
    public required long Secret { get; init; }

    /// <summary>If false, the page has only a signed address.</summary>
    public required bool IsPublic { get; init; }

    public RowKey Row => new(Id, Secret);
}
