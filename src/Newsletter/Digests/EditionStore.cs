using System.Text.Json;
using Dapper;
using Newsletter.Items;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>Editions, their choices and compositions.</summary>
public sealed class EditionStore(NpgsqlDataSource database, TimeProvider time)
{
    private const string Select =
        """
        select e.id, e.digest_id, d.slug as digest_slug, d.name as digest_name, d.timezone, e.occurrence_at, e.state, e.plan_hash,
               e.planned_at, e.approved_at, e.approved_by, e.send_at, e.started_at, e.finished_at, e.note, e.subscribers, e.cohorts, e.created_at
        from editions e join digests d on d.id = e.digest_id
        """;

    /// <exception cref="Refusal">NotFound: no such edition.</exception>
    public async Task<Edition> GetAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Edition>($"{Select} where e.id = @id", new { id })
            ?? throw Refusal.NotFound($"There is no edition {id}: 'newsletter editions list' shows those there are.");
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Edition>> ListAsync(int limit)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Edition>($"{Select} order by e.id desc limit @limit", new { limit })).AsList();
    }

    /// <param name="states">Any of these.</param>
    public async Task<IReadOnlyList<Edition>> InStateAsync(params string[] states)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Edition>($"{Select} where e.state = any(@states) order by e.id", new { states })).AsList();
    }

    /// <summary>
    /// Moves an edition from one of <paramref name="from"/> to a state, and sets what goes with it.
    /// </summary>
    /// <param name="set">Further assignments, from this program only.</param>
    /// <returns>False when it was in none of those states: somebody else was quicker.</returns>
    internal async Task<bool> MoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long id, string[] from, string to, string set = "", object? values = null)
    {
        var parameters = new DynamicParameters(values);
        parameters.AddDynamicParams(new { id, from, to, now = time.GetUtcNow() });
        return await connection.ExecuteAsync(
            $"update editions set state = @to{(set.Length > 0 ? ", " + set : "")} where id = @id and state = any(@from)", parameters, transaction) == 1;
    }

    /// <summary>Sent, once nothing is due, deferred or on the wire; also with uncertain ones on hold.</summary>
    public async Task<bool> FinishAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            """
            update editions set state = 'sent', finished_at = @now, note = null
            where id = @id and state = 'sending' and not exists (
                select from deliveries where edition_id = @id and state in ('due', 'deferred', 'claimed', 'sending'))
            """, new { id, now = time.GetUtcNow() }) == 1;
    }

    /// <summary>What a sending edition waits for; null when it goes on.</summary>
    public async Task NoteAsync(long id, string? note)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update editions set note = @note where id = @id and state = 'sending' and note is distinct from @note", new { id, note });
    }

    /// <summary>The digest's unapproved edition, to be planned (again), or a new one with its partitions.</summary>
    /// <exception cref="Refusal">Conflict: the occurrence has its edition already, or another one waits for approval.</exception>
    internal async Task<long> OpenPlanAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int digestId, DateTimeOffset? occurrence)
    {
        var open = await connection.QuerySingleOrDefaultAsync<(long Id, DateTimeOffset? OccurrenceAt)?>(
            "select id, occurrence_at from editions where digest_id = @digestId and state = 'planned' for update", new { digestId }, transaction);
        if (open is { } plan)
        {
            if (occurrence is not null && plan.OccurrenceAt is not null && plan.OccurrenceAt != occurrence)
            {
                throw Refusal.Conflict($"Edition {plan.Id} still waits for approval: approve or cancel it first.");
            }
            await connection.ExecuteAsync(
                "update editions set occurrence_at = coalesce(@occurrence, occurrence_at), send_at = coalesce(@occurrence, send_at) where id = @Id",
                new { plan.Id, occurrence }, transaction);
            return plan.Id;
        }
        var id = await connection.ExecuteScalarAsync<long?>(
            """
            insert into editions (digest_id, occurrence_at, send_at, state, created_at)
            values (@digestId, @occurrence, @occurrence, 'planned', @now)
            on conflict (digest_id, occurrence_at) where occurrence_at is not null do nothing
            returning id
            """, new { digestId, occurrence, now = time.GetUtcNow() }, transaction)
            ?? throw Refusal.Conflict("This occurrence has its edition already.");
        // Attaching, unlike "create … partition of", does not lock the other editions' deliveries out.
        foreach (var table in (string[])["deliveries", "compositions"])
        {
            await connection.ExecuteAsync(
                $"""
                create table {table}_{id} (like {table} including all);
                alter table {table} attach partition {table}_{id} for values in ({id});
                """, null, transaction);
        }
        return id;
    }

    /// <summary>The plan stands; without need for approval it is approved at once.</summary>
    internal Task ClosePlanAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, string hash, int subscribers, int cohorts) =>
        connection.ExecuteAsync(
            """
            update editions e set plan_hash = @hash, planned_at = @now, subscribers = @subscribers, cohorts = @cohorts,
                   state = case d.approval when 'none' then 'approved' else 'planned' end,
                   approved_at = case d.approval when 'none' then @now end,
                   approved_by = case d.approval when 'none' then 'the digest needs no approval' end
            from digests d where e.id = @id and d.id = e.digest_id
            """, new { id, hash, subscribers, cohorts, now = time.GetUtcNow() }, transaction);

    /// <summary>An occurrence that nobody planned in time.</summary>
    internal async Task RecordMissedAsync(int digestId, DateTimeOffset occurrence, string note)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into editions (digest_id, occurrence_at, state, note, created_at) values (@digestId, @occurrence, 'missed', @note, @now)
            on conflict (digest_id, occurrence_at) where occurrence_at is not null do nothing
            """, new { digestId, occurrence, note, now = time.GetUtcNow() });
    }

    public async Task<IReadOnlyDictionary<int, Choice>> ChoicesAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<ChoiceRow>(
            "select number, item_id, revision_id, depth, reasons::text as reasons from choices where edition_id = @id", new { id });
        return rows.ToDictionary(row => row.Number, row => new Choice(row.Number, row.ItemId, row.RevisionId,
            Enum.Parse<Depth>(row.Depth, ignoreCase: true), JsonSerializer.Deserialize<List<Reason>>(row.Reasons, ItemStore.Json)!));
    }

    /// <returns>The composition's choice numbers in order.</returns>
    public async Task<IReadOnlyList<int>> CompositionAsync(long id, int number)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int[]>(
            "select choices from compositions where edition_id = @id and number = @number", new { id, number }) ?? [];
    }

    /// <summary>The composition that most readers get; null when nobody gets anything.</summary>
    public async Task<int?> CommonestCompositionAsync(long id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int?>(
            """
            select composition from deliveries where edition_id = @id and composition is not null
            group by composition order by count(*) desc, composition limit 1
            """, new { id });
    }

    /// <summary>The commonest composition in which an item is chosen for one of these roles, by name; null without one.</summary>
    public async Task<int?> CompositionForAsync(long id, IReadOnlyCollection<string> roles)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int?>(
            """
            select d.composition
            from deliveries d join compositions co on co.edition_id = d.edition_id and co.number = d.composition
            where d.edition_id = @id and exists (
                select from choices ch, jsonb_array_elements(ch.reasons) fact
                where ch.edition_id = @id and ch.number = any(co.choices) and fact ->> 'forWhom' = any(@roles))
            group by d.composition order by count(*) desc, d.composition limit 1
            """, new { id, roles = roles.ToArray() });
    }

    /// <summary>One reader's delivery; null when the edition has none for this person.</summary>
    public async Task<ReaderDelivery?> DeliveryOfAsync(long id, long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<ReaderDelivery>(
            "select composition, state, reason, reply from deliveries where edition_id = @id and subscriber_id = @subscriberId",
            new { id, subscriberId });
    }

    /// <summary>Ids of the items a reader got, or is to get, from other editions.</summary>
    public async Task<IReadOnlySet<long>> HistoryOfAsync(long subscriberId, long exceptEdition)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<long>(
            """
            select distinct ch.item_id
            from deliveries d
            join compositions co on co.edition_id = d.edition_id and co.number = d.composition
            join choices ch on ch.edition_id = d.edition_id and ch.number = any(co.choices)
            where d.subscriber_id = @subscriberId and d.edition_id <> @exceptEdition and d.state not in ('failed', 'skipped')
            """, new { subscriberId, exceptEdition })).ToHashSet();
    }

    private sealed record ChoiceRow
    {
        public required int Number { get; init; }
        public required long ItemId { get; init; }
        public required long RevisionId { get; init; }
        public required string Depth { get; init; }
        public required string Reasons { get; init; }
    }
}

/// <summary>A delivery as its reader's account shows it.</summary>
public sealed record ReaderDelivery
{
    public required int? Composition { get; init; }
    public required string State { get; init; }
    public required string? Reason { get; init; }
    public required string? Reply { get; init; }
}
