using Dapper;
using Newsletter.Links;
using Npgsql;

namespace Newsletter.Archive;

/// <summary>
/// Who may see the pages of items. A page becomes public when the sending of a public edition with the item begins. If mails
/// contained the page's unsigned address, the address keeps working, also when the edition leaves the public archive later.
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

    /// <summary>The id and the secret of each item: a signed address contains both.</summary>
    public async Task<IReadOnlyList<RowKey>> RowsAsync(IReadOnlyCollection<long> itemIds)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(long Id, long Secret)>(
            "select id, secret from items where id = any(@ids)", new { ids = itemIds.ToArray() });
        return rows.Select(row => new RowKey(row.Id, row.Secret)).ToList();
    }

    /// <summary>A restore may give an id to another item. The secret shows whether the address was made for the item that has the id now.</summary>
    public async Task<bool> IsNamedAsync(SignedLink link)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from items where id = @Id and secret = @Secret)", new { link.Row.Id, link.Row.Secret });
    }

    /// <summary>Of these items, those that readers of an edition may see: public items, and the items of that edition.</summary>
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

/// <summary>Who may see the page of an item by its unsigned address. Editors always may.</summary>
public enum ItemAudience
{
    Editors,

    /// <summary>No page links to it or lists it, and caches and search engines must not store it.</summary>
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
