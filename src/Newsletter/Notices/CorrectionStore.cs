using Dapper;
using Npgsql;

namespace Newsletter.Notices;

/// <summary>Corrections, and the notices created for them: one for each reader, in one statement.</summary>
public sealed class CorrectionStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <returns>Null when there is no such correction.</returns>
    public async Task<Correction?> FindAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Correction>(
            """
            select c.id, c.edition_id, c.subject, c.text, d.name as digest_name, d.timezone, coalesce(e.started_at, e.created_at) as sent_at,
                   e.signs_items, c.item_id, i.secret as item_secret, r.content ->> 'title' as item_title
            from corrections c join editions e on e.id = c.edition_id join digests d on d.id = e.digest_id
            left join items i on i.id = c.item_id left join item_revisions r on r.id = i.revision_id
            where c.id = @id
            """, new { id });
    }

    /// <summary>The corrections to one edition, newest first, with the number of notices in each state.</summary>
    public async Task<IReadOnlyList<CorrectionAccount>> OfEditionAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<CorrectionAccount>(
            """
            select c.id, c.subject, c.item_id, c.created_at, c.created_by, count(n.id) as readers,
                   count(*) filter (where n.state = 'sent') as sent, count(*) filter (where n.state = 'failed') as failed,
                   count(*) filter (where n.state = 'uncertain') as uncertain
            from corrections c left join notices n on n.correction_id = c.id
            where c.edition_id = @editionId group by c.id order by c.id desc
            """, new { editionId }, commandTimeout: 0)).AsList();
    }

    /// <summary>
    /// Creates a notice for each reader whose delivery was sent and who is still subscribed and not suppressed; both are checked again when the
    /// notice is sent. Runs in the caller's transaction: all notices become due, or none.
    /// </summary>
    /// <param name="itemId">If given, only readers who got this item.</param>
    /// <returns>The correction's id and the number of readers; null when the same correction exists already.</returns>
    public async Task<(long Id, int Readers)?> AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, string subject, string text, long? itemId, string actor)
    {
        // Serialises concurrent corrections of an edition, so that the second one finds the first.
        await connection.ExecuteAsync("select from editions where id = @editionId for update", new { editionId }, transaction);
        var values = new { editionId, subject, text, itemId, actor, now = time.GetUtcNow() };
        var id = await connection.ExecuteScalarAsync<long?>(
            """
            insert into corrections (edition_id, item_id, subject, text, created_by, created_at)
            select @editionId, @itemId, @subject, @text, @actor, @now
            where not exists (
                select from corrections where edition_id = @editionId and item_id is not distinct from @itemId and subject = @subject and text = @text)
            returning id
            """, values, transaction);
        if (id is null)
        {
            return null;
        }
        var readers = await connection.ExecuteAsync(
            """
            with wanted as materialized (
                -- The encoding of choices in a delivery: see Composition.cs.
                select array_agg(substring(int4send(number) from 2)) as choices from choices where edition_id = @editionId and item_id = @itemId
            )
            insert into notices (subscriber_id, kind, correction_id, due_at, created_at)
            select d.subscriber_id, 'correction', @id, @now, @now
            from deliveries d join subscribers s on s.id = d.subscriber_id
            where d.edition_id = @editionId and d.state = 'sent' and s.status = 'confirmed'
              and not exists (select from suppressions x where x.email_key = s.email_key)
              and (@itemId::bigint is null or exists (
                  select from generate_series(1, octet_length(d.choices), 3) place
                  where substring(d.choices from place for 3) = any((select choices from wanted)::bytea[])))
            """, new { id, values.editionId, values.itemId, values.now }, transaction, commandTimeout: 0);
        return (id.Value, readers);
    }
}

/// <summary>A correction and the states of its notices; the rest is still due.</summary>
public sealed record CorrectionAccount
{
    public required long Id { get; init; }
    public required string Subject { get; init; }
    public long? ItemId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public required long Readers { get; init; }
    public required long Sent { get; init; }
    public required long Failed { get; init; }
    public required long Uncertain { get; init; }
}
