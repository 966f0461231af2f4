using Dapper;
using Newsletter.Rendering;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>Stores the design of an edition's mails when sending starts: templates, frame and items.</summary>
public sealed class EditionDesignStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <returns>Null if nothing is stored.</returns>
    internal async Task<KeptDesign?> FindAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await FindAsync(connection, null, editionId);
    }

    /// <summary>Stores the design, unless one is stored already: the first of several concurrent workers decides for all.</summary>
    /// <returns>The stored design.</returns>
    internal async Task<KeptDesign> KeepAsync(long editionId, TemplateSources templates, string frame)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            """
            insert into template_sets (hash, sources, created_at) values (@Hash, @sources::jsonb, @now) on conflict do nothing
            """, new { templates.Hash, sources = templates.ToJson(), now = time.GetUtcNow() }, transaction);
        var isFirst = await connection.ExecuteAsync(
            """
            update editions e set template_set = @Hash, frame = @frame::jsonb, signs_items = coalesce(e.archive, d.archive) <> 'public'
            from digests d where d.id = e.digest_id and e.id = @editionId and e.frame is null
            """, new { editionId, templates.Hash, frame }, transaction) == 1;
        if (isFirst)
        {
            await connection.ExecuteAsync(
                """
                insert into edition_items (edition_id, position, item_id, revision_id)
                select @editionId, row_number() over (order by min(number)), item_id, max(revision_id)
                from choices where edition_id = @editionId group by item_id
                on conflict do nothing
                """, new { editionId }, transaction);
        }
        var kept = await FindAsync(connection, transaction, editionId);
        await transaction.CommitAsync();
        return kept!;
    }

    internal async Task<TemplateSources> TemplatesAsync(string hash)
    {
        await using var connection = await database.OpenConnectionAsync();
        return TemplateSources.Parse(await connection.QuerySingleAsync<string>("select sources::text from template_sets where hash = @hash", new { hash }));
    }

    private static Task<KeptDesign?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long editionId) =>
        connection.QuerySingleOrDefaultAsync<KeptDesign>(
            "select template_set, frame::text as frame, signs_items from editions where id = @editionId and frame is not null",
            new { editionId }, transaction);
}

/// <summary>A design as stored.</summary>
internal sealed record KeptDesign
{
    /// <summary><see cref="TemplateSources.Hash"/>.</summary>
    public required string TemplateSet { get; init; }

    /// <summary>A <see cref="DigestModel"/> as JSON.</summary>
    public required string Frame { get; init; }

    public required bool SignsItems { get; init; }
}
