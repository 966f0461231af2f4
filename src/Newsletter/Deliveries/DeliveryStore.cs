using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>
/// The state machine of deliveries. The row is the queue: every update is fenced by owner and attempt, leases are in
/// database time, and a job that runs twice changes nothing.
/// </summary>
public sealed class DeliveryStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>How long a claim lasts without a sign of life: longer than any SMTP time-out.</summary>
    private const string Lease = "interval '15 minutes'";

    /// <summary>Attempts after which a deferred delivery fails.</summary>
    private const int AttemptLimit = 8;

    /// <summary>Takes up to <paramref name="count"/> deliveries that are due; two callers never get the same one.</summary>
    public async Task<IReadOnlyList<long>> ClaimAsync(long editionId, Guid owner, int count, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<long>(
            $"""
            with chosen as (
                select subscriber_id from deliveries
                where edition_id = @editionId and state in ('due', 'deferred') and (due_at is null or due_at <= @now)
                order by due_at nulls first, subscriber_id
                limit @count
                for update skip locked
            )
            update deliveries d set state = 'claimed', owner = @owner, lease_until = now() + {Lease}
            from chosen where d.edition_id = @editionId and d.subscriber_id = chosen.subscriber_id
            returning d.subscriber_id
            """, new { editionId, owner, count, now = time.GetUtcNow() })).AsList();
    }

    /// <summary>
    /// Marks claimed deliveries as being sent, at most as many at once as there are connections: a crash leaves no more
    /// uncertain. Whoever unsubscribed or was suppressed up to this statement is skipped instead; when the edition is no
    /// longer sending, nobody is marked.
    /// </summary>
    public async Task<IReadOnlyList<DeliveryAttempt>> MarkSendingAsync(long editionId, Guid owner, IReadOnlyCollection<long> subscriberIds, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<DeliveryAttempt>(
            $"""
            with mine as (
                select d.subscriber_id, s.email, s.name,
                       case when s.status is distinct from 'confirmed' then '{SkipReason.Unsubscribed}'
                            when exists (select from suppressions p where p.email_key = s.email_key) then '{SkipReason.Suppressed}'
                       end as reason
                from deliveries d
                join editions e on e.id = d.edition_id and e.state = 'sending'
                left join subscribers s on s.id = d.subscriber_id
                where d.edition_id = @editionId and d.subscriber_id = any(@ids) and d.owner = @owner and d.state = 'claimed'
            ),
            skipped as (
                update deliveries d set state = 'skipped', reason = mine.reason, owner = null, lease_until = null, ended_at = @now
                from mine where d.edition_id = @editionId and d.subscriber_id = mine.subscriber_id and mine.reason is not null
                  and d.owner = @owner and d.state = 'claimed'
            )
            update deliveries d set state = 'sending', attempt = d.attempt + 1, lease_until = now() + {Lease}
            from mine where d.edition_id = @editionId and d.subscriber_id = mine.subscriber_id and mine.reason is null
              -- Again, since a sweep may have been waiting for the row since "mine" was read.
              and d.owner = @owner and d.state = 'claimed'
            returning d.subscriber_id, d.composition, d.attempt, mine.email, mine.name
            """, new { editionId, owner, ids = subscriberIds.ToArray(), now = time.GetUtcNow() })).AsList();
    }

    /// <summary>
    /// Records how attempts ended. Only the attempt that is under way counts: a late word about an older one changes
    /// nothing, except that <c>uncertain</c> becomes <c>sent</c> while nobody has tried anew.
    /// </summary>
    public async Task RecordAsync(long editionId, Guid owner, IReadOnlyCollection<(DeliveryAttempt Attempt, DeliveryEnding Ending)> endings)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            update deliveries d set
                state = case when ending.state = 'deferred' and d.attempt >= {AttemptLimit} then 'failed' else ending.state end,
                reply = ending.reply,
                owner = null, lease_until = null,
                -- 1, 4, 9 … minutes: quick for a hiccup, patient with a greylisting server.
                due_at = case when ending.state = 'deferred' then @now + d.attempt * d.attempt * interval '1 minute' else d.due_at end,
                ended_at = case when ending.state = 'deferred' then null else @now end
            from unnest(@ids, @attempts, @states, @replies) as ending(subscriber_id, attempt, state, reply)
            where d.edition_id = @editionId and d.subscriber_id = ending.subscriber_id and d.attempt = ending.attempt
              and ((d.state = 'sending' and d.owner = @owner) or (d.state = 'uncertain' and ending.state = 'sent'))
            """,
            new
            {
                editionId, owner, now = time.GetUtcNow(),
                ids = endings.Select(e => e.Attempt.SubscriberId).ToArray(),
                attempts = endings.Select(e => e.Attempt.Attempt).ToArray(),
                states = endings.Select(e => e.Ending.State).ToArray(),
                replies = endings.Select(e => e.Ending.Reply).ToArray(),
            });
    }

    /// <summary>Gives claimed deliveries back, as when the relay cannot be reached: no attempt is burnt.</summary>
    public async Task ReleaseAsync(long editionId, Guid owner)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update deliveries set state = 'due', owner = null, lease_until = null
            where edition_id = @editionId and owner = @owner and state = 'claimed'
            """, new { editionId, owner });
    }

    /// <summary>After a worker died: what it had only claimed is due again, what it was sending is uncertain.</summary>
    public async Task SweepAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update deliveries set
                state = case state when 'claimed' then 'due' else 'uncertain' end,
                ended_at = case state when 'claimed' then null else @now end,
                reply = case state when 'claimed' then reply else 'the sending process ended without an answer' end,
                owner = null, lease_until = null
            where edition_id = @editionId and state in ('claimed', 'sending') and lease_until < now()
            """, new { editionId, now = time.GetUtcNow() });
    }

    /// <summary>Skips everything not yet on the wire, as when an edition is cancelled.</summary>
    public Task SkipRestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, string reason) =>
        connection.ExecuteAsync(
            """
            update deliveries set state = 'skipped', reason = @reason, owner = null, lease_until = null, ended_at = @now
            where edition_id = @editionId and state in ('due', 'deferred', 'claimed')
            """, new { editionId, reason, now = time.GetUtcNow() }, transaction);

    public async Task<DeliveryAccount> AccountAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleAsync<DeliveryAccount>(
            """
            select count(*) as planned,
                   count(*) filter (where state = 'sent') as sent,
                   count(*) filter (where state = 'failed') as failed,
                   count(*) filter (where state = 'uncertain') as uncertain,
                   count(*) filter (where state = 'skipped') as skipped,
                   count(*) filter (where state = 'deferred') as deferred,
                   count(*) filter (where state in ('due', 'claimed', 'sending')) as due
            from deliveries where edition_id = @editionId
            """, new { editionId });
    }
}
