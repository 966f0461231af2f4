using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>
/// The state machine of deliveries. The row is the queue: every update is fenced by owner and attempt, leases are in
/// database time, and a job that runs twice changes nothing.
/// </summary>
public sealed class DeliveryStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>How long a mark lasts: longer than any one message takes to be sent or to time out.</summary>
    private const string Lease = "interval '15 minutes'";

    /// <summary>How long a claim lasts; short, since one that is taken back too early only costs its owner the mark.</summary>
    private const string ClaimLease = "interval '2 minutes'";

    /// <summary>Attempts after which a deferred delivery fails.</summary>
    private const int AttemptLimit = 8;

    /// <summary>Takes up to <paramref name="count"/> deliveries that are due; two callers never get the same one.</summary>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(long editionId, Guid owner, int count, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<ClaimedDelivery>(
            $"""
            with chosen as (
                select subscriber_id from deliveries
                where edition_id = @editionId and state in ('due', 'deferred') and (due_at is null or due_at <= @now or (state = 'due' and (select at_once from editions where id = @editionId)))
                order by due_at nulls first, subscriber_id
                limit @count
                for update skip locked
            )
            -- As an array: a join of so many is taken for dearer than reading a whole edition of some ten thousands.
            update deliveries d set state = 'claimed', owner = @owner, lease_until = now() + {ClaimLease}
            where d.edition_id = @editionId and d.subscriber_id = any(array(select subscriber_id from chosen))
            returning d.subscriber_id, d.choices as composition
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
            returning d.subscriber_id, d.choices as composition, d.attempt, mine.email, mine.name
            """, new { editionId, owner, ids = subscriberIds.ToArray(), now = time.GetUtcNow() })).AsList();
    }

    /// <summary>
    /// Records how attempts ended. Only the attempt that is under way counts: a late word about an older one changes
    /// nothing, except that <c>uncertain</c> becomes <c>sent</c> while nobody has tried anew. What would be tried again
    /// is skipped when its edition is over.
    /// </summary>
    public async Task RecordAsync(long editionId, Guid owner, IReadOnlyCollection<(DeliveryAttempt Attempt, DeliveryEnding Ending)> endings)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            with told as (
                select t.subscriber_id, t.attempt, t.reply,
                       case when t.state in ('due', 'deferred') and e.state in ('cancelled', 'missed') then 'skipped'
                            when t.state = 'deferred' and t.attempt >= {AttemptLimit} then 'failed'
                            else t.state end as state,
                       e.state as edition_state
                from unnest(@ids, @attempts, @states, @replies) as t(subscriber_id, attempt, state, reply)
                join editions e on e.id = @editionId
            )
            update deliveries d set
                state = told.state,
                reason = case told.state when 'skipped' then told.edition_state end,
                reply = told.reply,
                owner = null, lease_until = null,
                attempt = case told.state when 'due' then d.attempt - 1 else d.attempt end,
                -- 1, 4, 9 … minutes: quick for a hiccup, patient with a greylisting server.
                due_at = case told.state when 'deferred' then @now + d.attempt * d.attempt * interval '1 minute' else d.due_at end,
                ended_at = case when told.state in ('due', 'deferred') then null else @now end
            from told
            where d.edition_id = @editionId and d.subscriber_id = told.subscriber_id and d.attempt = told.attempt
              and ((d.state = 'sending' and d.owner = @owner) or (d.state = 'uncertain' and told.state = 'sent'))
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

    /// <summary>
    /// After a worker died: what it had only claimed is due again (or skipped, when the edition is over), what it was
    /// sending is uncertain.
    /// </summary>
    public async Task SweepAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update deliveries d set
                state = case when d.state = 'sending' then 'uncertain' when e.state in ('cancelled', 'missed') then 'skipped' else 'due' end,
                reason = case when d.state = 'claimed' and e.state in ('cancelled', 'missed') then e.state end,
                ended_at = case when d.state = 'sending' or e.state in ('cancelled', 'missed') then @now end,
                reply = case d.state when 'sending' then 'the sending process ended without an answer' else d.reply end,
                owner = null, lease_until = null
            from editions e
            where e.id = d.edition_id and d.state in ('claimed', 'sending') and d.lease_until < now()
            """, new { now = time.GetUtcNow() });
    }

    /// <summary>Skips everything not yet on the wire, as when an edition is cancelled.</summary>
    public Task SkipRestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, string reason) =>
        connection.ExecuteAsync(
            """
            update deliveries set state = 'skipped', reason = @reason, owner = null, lease_until = null, ended_at = @now
            where edition_id = @editionId and state in ('due', 'deferred', 'claimed')
            """, new { editionId, reason, now = time.GetUtcNow() }, transaction);

    /// <summary>The zones and hours at which readers of an edition want their mail.</summary>
    public async Task<IReadOnlyList<WantedHour>> WantedHoursAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId) =>
        (await connection.QueryAsync<WantedHour>(
            """
            select distinct s.timezone, s.hour from deliveries d join subscribers s on s.id = d.subscriber_id
            where d.edition_id = @editionId and d.state = 'due' and s.hour is not null
            """, new { editionId }, transaction, commandTimeout: 0)).AsList();

    /// <summary>Sets when deliveries are due whose readers want them at an hour; null is at once.</summary>
    public Task SetDueAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, IReadOnlyCollection<(string Timezone, short Hour, DateTimeOffset? At)> times) =>
        connection.ExecuteAsync(
            """
            update deliveries d set due_at = t.at
            from subscribers s join unnest(@zones, @hours, @times) as t (timezone, hour, at) on t.timezone = s.timezone and t.hour = s.hour
            where d.edition_id = @editionId and d.state = 'due' and s.id = d.subscriber_id and d.due_at is distinct from t.at
            """,
            new
            {
                editionId,
                zones = times.Select(t => t.Timezone).ToArray(),
                hours = times.Select(t => t.Hour).ToArray(),
                times = times.Select(t => t.At).ToArray(),
            }, transaction, commandTimeout: 0);

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
