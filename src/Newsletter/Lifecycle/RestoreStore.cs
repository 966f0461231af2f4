using Dapper;
using Newsletter.Digests;
using Npgsql;

namespace Newsletter.Lifecycle;

/// <summary>Queries what a restored database would send, and applies the operator's decision within one transaction.</summary>
public sealed class RestoreStore(NpgsqlDataSource database, EditionTransitionStore transitions, TimeProvider time)
{
    /// <summary>Deliveries of editions that the backup lists as unfinished; they may have been sent since.</summary>
    private const string IsOpen = "d.edition_id in (select id from editions where state in ('approved', 'sending', 'paused')) and d.choices is not null";

    private const string IsWaiting = "d.state in ('due', 'deferred', 'claimed', 'sending')";

    private const string Reply = "the database was restored from a copy";

    /// <summary>Unfinished editions. Includes unapproved ones, which may have been approved and sent since the backup.</summary>
    public async Task<IReadOnlyList<OpenEdition>> OpenEditionsAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<OpenEdition>(new CommandDefinition(
            $"""
            select e.id as edition, g.slug as digest, e.state,
                   count(*) filter (where d.state = 'due') as due, count(*) filter (where d.state = 'deferred') as deferred,
                   count(*) filter (where d.state = 'claimed') as claimed, count(*) filter (where d.state = 'sending') as sending
            from editions e join digests g on g.id = e.digest_id join deliveries d on d.edition_id = e.id
            where e.state in ('planned', 'approved', 'sending', 'paused') and d.choices is not null and {IsWaiting} group by e.id, g.slug, e.state order by e.id
            """, commandTimeout: 0))).AsList();
    }

    public async Task<long> DueNoticesAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from notices where state in ('due', 'sending')");
    }

    /// <summary>Marks all unsent mails as uncertain and ends their editions.</summary>
    /// <param name="before">When the restore was detected: later notices are not from the backup.</param>
    public async Task<(int Deliveries, int Notices)> HoldAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset before)
    {
        var deliveries = await ExecuteAsync(connection, transaction,
            $"""
            update deliveries d set state = 'uncertain', ended_at = @now, reply = '{Reply}', owner = coalesce(owner, '00000000-0000-0000-0000-000000000000')
            where {IsOpen} and {IsWaiting}
            """, before);
        await transitions.EndRestoredAsync(connection, transaction, $"{Reply}: mails not sent by then are uncertain");
        var notices = await ExecuteAsync(connection, transaction,
            $"update notices set state = 'uncertain', reply = '{Reply}' where state in ('due', 'sending') and created_at <= @before", before);
        return (deliveries, notices);
    }

    /// <summary>Makes mails due again that were in progress at the backup.</summary>
    public async Task ReleaseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await ExecuteAsync(connection, transaction,
            $"update deliveries d set state = 'due', owner = null, due_at = null where {IsOpen} and d.state in ('claimed', 'sending')", null);
        await ExecuteAsync(connection, transaction, "update notices set state = 'due', due_at = @now where state = 'sending'", null);
        await ReviveAsync(connection, transaction);
    }

    /// <summary>Continues the editions that were sending. The leases of the former senders are expired, so that their deliveries are swept.</summary>
    public async Task ReviveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await ExecuteAsync(connection, transaction, "update senders set lease_until = '-infinity'", null);
        await ExecuteAsync(connection, transaction, "update editions set heartbeat_at = now(), note = null where state = 'sending'", null);
        // Sending was held at the send time, so the edition must not count as missed.
        await ExecuteAsync(connection, transaction, "update editions set send_at = greatest(send_at, @now) where state = 'approved'", null);
    }

    /// <summary>Adds a warning note to planned editions, for the editor who approves them.</summary>
    public Task WarnOfPlannedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) => ExecuteAsync(connection, transaction,
        $"""
        update editions set note = '{Reply}: this edition may have been approved and sent since, so check before you approve it'
        where state = 'planned'
        """, null);

    /// <summary>Marks the unsent mails of these addresses as sent.</summary>
    /// <param name="emailKeys">See EmailAddress.Key.</param>
    public async Task<(int Deliveries, int Notices)> RecordSentAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<string> emailKeys, DateTimeOffset before)
    {
        var keys = emailKeys.ToArray();
        var deliveries = await ExecuteAsync(connection, transaction,
            $"""
            update deliveries d set state = 'sent', ended_at = @now, reply = '{Reply}: sent, according to the given list',
                   owner = coalesce(owner, '00000000-0000-0000-0000-000000000000')
            from subscribers s where s.id = d.subscriber_id and s.email_key = any(@keys) and {IsOpen} and {IsWaiting}
            """, before, keys);
        var notices = await ExecuteAsync(connection, transaction,
            $"""
            update notices n set state = 'sent', reply = '{Reply}: sent, according to the given list'
            from subscribers s where s.id = n.subscriber_id and s.email_key = any(@keys) and n.state in ('due', 'sending') and n.created_at <= @before
            """, before, keys);
        return (deliveries, notices);
    }

    private Task<int> ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, DateTimeOffset? before, string[]? keys = null) =>
        connection.ExecuteAsync(sql, new { now = time.GetUtcNow(), before, keys }, transaction, commandTimeout: 0);
}

/// <summary>An edition that a restored database would continue to send, with counts of its unsent deliveries by state.</summary>
public sealed record OpenEdition
{
    public required long Edition { get; init; }
    public required string Digest { get; init; }
    public required string State { get; init; }
    public required long Due { get; init; }
    public required long Deferred { get; init; }
    public required long Claimed { get; init; }
    public required long Sending { get; init; }
}
