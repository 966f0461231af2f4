using Dapper;
using Newsletter.Items;
using Npgsql;

namespace Newsletter.Archive;

/// <summary>The public archive: sent editions that neither their own setting nor their digest's excludes.</summary>
public sealed class ArchiveStore(NpgsqlDataSource database)
{
    private const int TitlesShown = 3;

    private const string IsPublic = "e.state = 'sent' and coalesce(e.archive, d.archive) = 'public'";

    /// <summary>
    /// Filters by the roles that an article is best for, not by its recipients: the public must not learn which roles the readers have.
    /// </summary>
    private const string Fits =
        """
        (@roles::int[] is null or exists (
            select from item_labels il join label_roles lr on lr.label_id = il.label_id where il.item_id = ei.item_id and lr.role_id = any(@roles)))
        """;

    private const string Select =
        $"""
        select e.id, d.slug as digest_slug, d.name as digest_name, d.timezone, e.started_at as sent_at,
               (select count(*)::int from edition_items ei where ei.edition_id = e.id and {Fits}) as items,
               array(select r.content ->> 'title' from edition_items ei join item_revisions r on r.id = ei.revision_id
                     where ei.edition_id = e.id and {Fits} order by ei.position limit @TitlesShown) as titles
        from editions e join digests d on d.id = e.digest_id
        where {IsPublic} and exists (select from edition_items ei where ei.edition_id = e.id and {Fits})
        """;

    /// <param name="archive"><c>public</c> or <c>none</c>.</param>
    internal static Task SetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, string archive) =>
        connection.ExecuteAsync("update editions set archive = @archive where id = @editionId", new { editionId, archive }, transaction);

    /// <summary>Public editions, newest first.</summary>
    /// <param name="digest">A slug; null for all digests.</param>
    /// <param name="roles">Only editions with an article for one of these roles; null for all.</param>
    public async Task<IReadOnlyList<ArchivedEdition>> ListAsync(string? digest, int[]? roles, int skip, int limit)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<ArchivedEdition>(
            $"{Select} and (@digest::text is null or d.slug = @digest) order by e.started_at desc, e.id desc offset @skip limit @limit",
            new { digest, roles, skip, limit, TitlesShown })).AsList();
    }

    /// <returns>Null if there is no such edition, or it is not public.</returns>
    public async Task<ArchivedEdition?> FindAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<ArchivedEdition>($"{Select} and e.id = @id", new { id, roles = (int[]?)null, TitlesShown });
    }

    /// <summary>The newest public edition that contains an article; null if there is none.</summary>
    public async Task<ArchivedEdition?> NewestWithAsync(long itemId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QueryFirstOrDefaultAsync<ArchivedEdition>(
            $"{Select} and e.id in (select edition_id from edition_items where item_id = @itemId) order by e.started_at desc limit 1",
            new { itemId, roles = (int[]?)null, TitlesShown });
    }

    /// <summary>The articles of an edition in its order, without duplicates, in the revisions that were sent.</summary>
    /// <param name="roles">Only articles for one of these roles; null for all.</param>
    public async Task<IReadOnlyList<(long Id, ItemContent Content)>> ItemsAsync(long editionId, int[]? roles)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(long Id, string Content)>(
            $"""
            select ei.item_id, r.content::text from edition_items ei join item_revisions r on r.id = ei.revision_id
            where ei.edition_id = @editionId and {Fits} order by ei.position
            """, new { editionId, roles });
        return rows.Select(row => (row.Id, ItemContent.Parse(row.Content))).ToList();
    }

    /// <summary>The articles of public editions, most recently published first, with their current content.</summary>
    /// <param name="roles">Only articles for one of these roles; null for all.</param>
    public async Task<IReadOnlyList<PublishedItem>> LatestAsync(int[]? roles, int limit)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(long Id, string Content, DateTimeOffset PublishedAt, DateTimeOffset RevisedAt)>(
            $"""
            select ei.item_id, r.content::text, ei.published_at, r.created_at
            from (
                select ei.item_id, min(e.started_at) as published_at
                from edition_items ei join editions e on e.id = ei.edition_id join digests d on d.id = e.digest_id
                where {IsPublic} group by ei.item_id
            ) ei
            join items i on i.id = ei.item_id join item_revisions r on r.id = i.revision_id
            where {Fits}
            order by ei.published_at desc, ei.item_id desc limit @limit
            """, new { roles, limit });
        return rows.Select(row => new PublishedItem
        {
            Id = row.Id,
            Content = ItemContent.Parse(row.Content),
            PublishedAt = row.PublishedAt,
            UpdatedAt = row.RevisedAt > row.PublishedAt ? row.RevisedAt : row.PublishedAt,
        }).ToList();
    }

    /// <summary>Ids of the roles that public articles are best for.</summary>
    /// <param name="editionId">Only articles of this edition; null for all.</param>
    public async Task<IReadOnlySet<int>> RolesAsync(long? editionId = null)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<int>(
            $"""
            select distinct lr.role_id
            from edition_items ei join editions e on e.id = ei.edition_id join digests d on d.id = e.digest_id
            join item_labels il on il.item_id = ei.item_id join label_roles lr on lr.label_id = il.label_id
            where {IsPublic} and (@editionId::bigint is null or e.id = @editionId)
            """, new { editionId })).ToHashSet();
    }

    /// <summary>Digests with public editions, sorted by name.</summary>
    public async Task<IReadOnlyList<ArchivedDigest>> DigestsAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<ArchivedDigest>(
            $"""
            select distinct on (d.slug) d.slug, d.name from digests d join editions e on e.digest_id = d.id
            where {IsPublic} order by d.slug, d.id desc
            """)).OrderBy(digest => digest.Name, StringComparer.OrdinalIgnoreCase).ToList();
    }
}
