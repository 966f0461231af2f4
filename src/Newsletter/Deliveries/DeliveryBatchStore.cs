using Dapper;
using Newsletter.Links;
using Newsletter.Restores;
using Npgsql;
using NpgsqlTypes;

namespace Newsletter.Deliveries;

/// <summary>
/// Records the results of attempts and marks the next deliveries as sending, in one transaction and one round trip on a
/// dedicated connection. Not thread-safe: one worker uses it for one edition.
/// </summary>
public sealed class DeliveryBatchStore : IAsyncDisposable
{
    private const NpgsqlDbType Array = NpgsqlDbType.Array;

    private readonly NpgsqlDataSource database;
    private readonly TimeProvider time;
    private readonly long editionId;
    private readonly string recording;
    private readonly string marking;
    private readonly SendingGuard guard;
    private readonly Guid owner;
    private readonly bool resends;
    private NpgsqlConnection? connection;
    private NpgsqlBatch? batch;

    public DeliveryBatchStore(NpgsqlDataSource database, long editionId, Guid owner, DeliveryOptions options, SendingGuard guard, TimeProvider time)
    {
        (this.database, this.editionId, this.owner, this.guard, this.time, resends) = (database, editionId, owner, guard, time, options.Resends);
        // Names the partition directly: a prepared statement on the parent table would lock the partitions of all editions each time.
        var deliveries = $"deliveries_{editionId}";
        // "is not distinct from" keeps the planner from choosing the index on owner, which is slower here.
        recording =
            $"""
            update {deliveries} d set
                state = told.state,
                reason = case told.state when 'skipped' then told.edition_state end,
                reply = told.reply,
                owner = case when told.state in ('due', 'deferred') then null else d.owner end,
                attempt = case told.state when 'due' then d.attempt - 1 else d.attempt end,
                -- Exponential backoff with 20 % jitter, so that deliveries deferred together do not retry together.
                due_at = case told.state when 'deferred'
                    then $5 + least(interval '{RetryTimes.MaxDelay}', interval '{RetryTimes.FirstDelay}' * 2 ^ (d.attempt - 1)) * (0.8 + 0.4 * random())
                    else d.due_at end,
                ended_at = case when told.state in ('due', 'deferred') then null else $5 end
            from (
                select t.subscriber_id, t.attempt, t.reply, e.state as edition_state,
                       case when t.state in ('due', 'deferred') and e.state in ('cancelled', 'missed') then 'skipped'
                            when t.state = 'deferred' and (t.attempt >= {RetryTimes.MaxAttempts}
                                                    or e.started_at < $5 - interval '{RetryTimes.GiveUpAfter}') then 'failed'
                            else t.state end as state
                from unnest($1, $2, $3, $4) as t (subscriber_id, attempt, state, reply), editions e where e.id = {editionId}
            ) told
            where d.edition_id = {editionId} and d.subscriber_id = told.subscriber_id and d.attempt = told.attempt
              -- Fenced by attempt and owner. A late "sent" of the same attempt is accepted until another attempt starts.
              and ((d.state = 'sending' and d.owner is not distinct from $6)
                   or (told.state = 'sent' and d.state in ('uncertain', 'due', 'deferred', 'claimed')))
            """;
        marking =
            $"""
            update {deliveries} d set
                state = case when gone.reason is null then 'sending' else 'skipped' end,
                reason = gone.reason,
                ended_at = case when gone.reason is not null then $3 end,
                -- Idempotent: a delivery marked by a statement whose reply was lost keeps its attempt number.
                attempt = case when gone.reason is null and d.state = 'claimed' then d.attempt + 1 else d.attempt end
            from unnest($1) as t (id)
            join editions e on e.id = {editionId} and e.state = 'sending'
            join senders l on l.owner = $2 and l.lease_until > now()
            -- Only if the witness statement before succeeded: it fails in a database that was restored from a backup.
            join witnesses w on w.id = $4 and w.batch > $5
            join installation i on i.restored_at is null
            left join subscribers s on s.id = t.id
            left join suppressions p on p.email_key = s.email_key
            cross join lateral (select case when s.status is distinct from 'confirmed' then '{SkipReason.Unsubscribed}'
                                            when p.email_key is not null then '{SkipReason.Suppressed}' end as reason) gone
            where d.edition_id = {editionId} and d.subscriber_id = t.id and d.owner is not distinct from $2 and d.state in ('claimed', 'sending')
            returning d.subscriber_id, d.choices, d.attempt, d.state, s.secret, s.email, s.name
            """;
    }

    /// <param name="results">The result of an attempt that is no longer current changes nothing.</param>
    /// <param name="next">
    /// Ids of subscribers whose deliveries this worker has claimed. Subscribers who have unsubscribed or were suppressed until now are
    /// skipped. Nothing is marked if the edition is not sending or the lease has expired.
    /// </param>
    /// <returns>The marked deliveries; the caller owns these attempts.</returns>
    /// <exception cref="NpgsqlException">The database is unavailable: retry with the same arguments until it succeeds. Idempotent.</exception>
    public async Task<IReadOnlyList<DeliveryAttempt>> RecordAndMarkAsync(
        IReadOnlyCollection<(DeliveryAttempt Attempt, DeliveryResult Result)> results, IReadOnlyCollection<long> next)
    {
        try
        {
            batch ??= await OpenAsync();
            await SuppressAsync(results.Where(r => r.Result.IsHardBounce).ToList());
            Fill(results, next);
            await using var reader = await batch.ExecuteReaderAsync();
            var (begun, marked) = await ReadAsync(reader, next.Count);
            guard.Began(begun);
            return marked;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (batch is not null)
        {
            await batch.DisposeAsync();
        }
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
        (batch, connection) = (null, null);
    }

    private async Task<NpgsqlBatch> OpenAsync()
    {
        connection = await database.OpenConnectionAsync();
        // PostgreSQL would replan for each array length, which took a third of the time.
        await connection.ExecuteAsync("set plan_cache_mode = force_generic_plan");
        var prepared = new NpgsqlBatch(connection);
        prepared.BatchCommands.Add(Command(recording,
            Array | NpgsqlDbType.Bigint, Array | NpgsqlDbType.Smallint, Array | NpgsqlDbType.Text, Array | NpgsqlDbType.Text,
            NpgsqlDbType.TimestampTz, NpgsqlDbType.Uuid));
        prepared.BatchCommands.Add(Command(InstallationStore.Beginning, NpgsqlDbType.Uuid, NpgsqlDbType.Bigint));
        prepared.BatchCommands.Add(Command(
            marking, Array | NpgsqlDbType.Bigint, NpgsqlDbType.Uuid, NpgsqlDbType.TimestampTz, NpgsqlDbType.Uuid, NpgsqlDbType.Bigint));
        await prepared.PrepareAsync();
        return prepared;
    }

    /// <summary>Runs before the results are recorded: after a crash in between it is repeated, never lost.</summary>
    private async Task SuppressAsync(IReadOnlyCollection<(DeliveryAttempt Attempt, DeliveryResult Result)> bounces)
    {
        if (bounces.Count == 0)
        {
            return;
        }
        await connection!.ExecuteAsync(
            """
            insert into suppressions (email_key, reason, created_at)
            select s.email_key, 'hard bounce: ' || t.reply, @now from unnest(@ids, @replies) as t (id, reply) join subscribers s on s.id = t.id
            on conflict do nothing
            """,
            new
            {
                ids = bounces.Select(b => b.Attempt.SubscriberId).ToArray(), replies = bounces.Select(b => b.Result.Reply).ToArray(), now = time.GetUtcNow(),
            });
    }

    private static NpgsqlBatchCommand Command(string sql, params NpgsqlDbType[] types)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var type in types)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }
        return command;
    }

    private void Fill(IReadOnlyCollection<(DeliveryAttempt Attempt, DeliveryResult Result)> results, IReadOnlyCollection<long> next)
    {
        var now = time.GetUtcNow();
        Set(batch!.BatchCommands[0],
            results.Select(r => r.Attempt.SubscriberId).ToArray(), results.Select(r => r.Attempt.Attempt).ToArray(),
            results.Select(r => StateOf(r.Result)).ToArray(), results.Select(r => r.Result.Reply).ToArray(), now, owner);
        var (witness, before) = (guard.WitnessId, guard.Begun);
        Set(batch.BatchCommands[1], witness, before);
        Set(batch.BatchCommands[2], next.ToArray(), owner, now, witness, before);
    }

    private static void Set(NpgsqlBatchCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    /// <summary>Resends are deferred instead of immediate: the cause of the lost connection may persist.</summary>
    private string StateOf(DeliveryResult result) =>
        result.State == DeliveryState.Uncertain && resends ? DeliveryState.Deferred : result.State;

    /// <returns>The witness batch that has begun, null if sending is not allowed; and the marked deliveries.</returns>
    private static async Task<(long? Begun, IReadOnlyList<DeliveryAttempt> Marked)> ReadAsync(NpgsqlDataReader reader, int most)
    {
        long? begun = await reader.ReadAsync() ? reader.GetInt64(0) : null;
        var marked = new List<DeliveryAttempt>(most);
        // Reads to the end: the transaction commits with the last result.
        while (await reader.NextResultAsync())
        {
            while (await reader.ReadAsync())
            {
                if (reader.GetString(3) == DeliveryState.Sending)
                {
                    marked.Add(new DeliveryAttempt
                    {
                        SubscriberId = reader.GetInt64(0),
                        Composition = reader.GetFieldValue<byte[]>(1),
                        Attempt = reader.GetInt16(2),
                        Recipient = new MailRecipient(
                            new RowKey(reader.GetInt64(0), reader.GetInt64(4)), reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6)),
                    });
                }
            }
        }
        return (begun, marked);
    }
}
