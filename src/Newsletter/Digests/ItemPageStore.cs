using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>
/// Who may see the pages of items. One is public from when the sending of a public edition with it begins. One whose address
/// went out in mails stays for whoever has it, also when the edition is taken out of the archive later.
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

    /// <summary>What signed addresses name these items by.</summary>
    public async Task<IReadOnlyList<RowKey>> RowsAsync(IReadOnlyCollection<long> itemIds)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(long Id, long Secret)>("select id, secret from items where id = any(@ids)", new { ids = itemIds.ToArray() });
        return rows.Select(row => new RowKey(row.Id, row.Secret)).ToList();
    }

    /// <summary>Whether the item that a signed address was made for is the one that has its number now.</summary>
    public async Task<bool> IsNamedAsync(SignedLink link)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from items where id = @Id and secret = @Secret)", new { link.Row.Id, link.Row.Secret });
    }

    /// <summary>Of these items, those that readers of an edition may see: what is public, and what their own edition brought.</summary>
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

/// <summary>Who may see the page of an item by its number; editors always.</summary>
public enum ItemAudience
{
    Editors,

    /// <summary>It is linked and listed nowhere, and nobody may keep it.</summary>
    WhoeverHasTheAddress,

    Everybody,
}

/// <summary>An item whose page a reader may see.</summary>
public sealed record ReadableItem
{
    public required long Id { get; init; }
    public required long Secret { get; init; }

    /// <summary>Otherwise by its signed address only.</summary>
    public required bool IsPublic { get; init; }

    public RowKey Row => new(Id, Secret);
}
