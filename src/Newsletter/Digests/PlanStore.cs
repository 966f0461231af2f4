using Dapper;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>Opens and closes a plan, and reads what decides it: all within one transaction, which has the time it needs.</summary>
internal sealed class PlanStore(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancel)
{
    // Any constant: the name of the lock that serialises planning over the installation, so that two editions planned
    // at once cannot both choose an item for one person.
    private const long PlanningLock = 0x706C616E;

    /// <summary>Waits for its turn, however long another plan takes.</summary>
    public Task LockAsync() => ExecuteAsync($"select pg_advisory_xact_lock({PlanningLock})");

    /// <summary>The digest's unapproved edition, to be planned (again), or a new one with its partitions.</summary>
    /// <exception cref="Refusal">Conflict: the occurrence has its edition already, or another one waits for approval.</exception>
    public async Task<long> OpenAsync(int digestId, DateTimeOffset? occurrence)
    {
        var taken = await connection.ExecuteScalarAsync<long?>(
            "select id from editions where digest_id = @digestId and occurrence_at = @occurrence and state <> 'planned'", new { digestId, occurrence }, transaction);
        if (taken is not null)
        {
            throw Refusal.Conflict($"This occurrence has its edition already: {taken}.");
        }
        var open = await connection.QuerySingleOrDefaultAsync<(long Id, DateTimeOffset? OccurrenceAt)?>(
            "select id, occurrence_at from editions where digest_id = @digestId and state = 'planned' for update", new { digestId }, transaction);
        if (open is { } plan)
        {
            if (occurrence is not null && plan.OccurrenceAt is not null && plan.OccurrenceAt != occurrence)
            {
                throw Refusal.Conflict($"Edition {plan.Id} still waits for approval: approve or cancel it first.");
            }
            await ExecuteAsync(
                "update editions set occurrence_at = coalesce(@occurrence, occurrence_at), send_at = coalesce(@occurrence, send_at) where id = @Id",
                new { plan.Id, occurrence });
            return plan.Id;
        }
        var id = await connection.ExecuteScalarAsync<long>(
            """
            insert into editions (digest_id, occurrence_at, send_at, state, created_at)
            values (@digestId, @occurrence, @occurrence, 'planned', @now)
            returning id
            """, new { digestId, occurrence, now }, transaction);
        // Attaching, unlike "create … partition of", does not lock the other editions' deliveries out.
        foreach (var table in (string[])["deliveries", "compositions"])
        {
            await ExecuteAsync(
                $"""
                create table {table}_{id} (like {table} including all);
                alter table {table} attach partition {table}_{id} for values in ({id});
                """);
        }
        return id;
    }

    /// <summary>The plan stands; without need for approval it is approved at once.</summary>
    public Task CloseAsync(long id, string hash, int subscribers, int cohorts) =>
        ExecuteAsync(
            """
            update editions e set plan_hash = @hash, planned_at = @now, subscribers = @subscribers, cohorts = @cohorts,
                   state = case d.approval when 'none' then 'approved' else 'planned' end,
                   approved_at = case d.approval when 'none' then @now end,
                   approved_by = case d.approval when 'none' then 'the digest needs no approval' end
            from digests d where e.id = @id and d.id = e.digest_id
            """, new { id, hash, subscribers, cohorts, now });

    /// <summary>Confirmed readers of a digest who want mail now, by ascending id.</summary>
    /// <param name="today">For pauses until a date.</param>
    public async IAsyncEnumerable<Reader> ReadersAsync(int digestId, DateOnly today)
    {
        await using var command = new NpgsqlCommand(
            """
            select s.id, s.label_ids, s.depth, p.email_key is not null
            from subscribers s
            left join suppressions p on p.email_key = s.email_key
            where s.status = 'confirmed' and s.cadence <> 'paused' and (s.paused_until is null or s.paused_until <= @today)
              and not exists (select from digest_leavers l where l.digest_id = @digestId and l.subscriber_id = s.id)
            order by s.id
            """, connection, transaction)
        {
            Parameters = { new("digestId", digestId), new("today", today) },
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return new Reader(reader.GetInt64(0), reader.GetFieldValue<int[]>(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetBoolean(3));
        }
    }

    /// <summary>
    /// Editions in which candidates occur, and for each composition there the candidates in it. What a cancelled edition
    /// did not send is skipped there, so it counts as not had.
    /// </summary>
    public async Task<IReadOnlyList<PastComposition>> PastCompositionsAsync(long exceptEdition, IReadOnlyCollection<long> itemIds) =>
        (await connection.QueryAsync<PastComposition>(
            """
            select co.edition_id, co.number, array_agg(distinct ch.item_id) as item_ids
            from editions e
            join compositions co on co.edition_id = e.id
            join choices ch on ch.edition_id = e.id and ch.number = any(co.choices)
            where ch.item_id = any(@itemIds) and e.id <> @exceptEdition
            group by co.edition_id, co.number
            order by co.edition_id
            """, new { itemIds = itemIds.ToArray(), exceptEdition }, transaction, commandTimeout: 0)).AsList();

    /// <summary>Who got, or is to get, which composition of an edition; failed and skipped deliveries give the items back.</summary>
    public async IAsyncEnumerable<(long SubscriberId, int Composition)> PastDeliveriesAsync(long editionId)
    {
        await using var command = new NpgsqlCommand(
            """
            select subscriber_id, composition from deliveries
            where edition_id = @editionId and state not in ('failed', 'skipped') order by subscriber_id
            """, connection, transaction)
        { Parameters = { new("editionId", editionId) }, CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return (reader.GetInt64(0), reader.GetInt32(1));
        }
    }

    private Task ExecuteAsync(string sql, object? values = null) =>
        connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, commandTimeout: 0, cancellationToken: cancel));
}
