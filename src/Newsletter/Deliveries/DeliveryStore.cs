using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>
/// The queue of deliveries, stored as their rows. Owner and attempt fence every update, leases use database time, and
/// running a job twice is idempotent. <see cref="DeliveryBatchStore"/> marks deliveries and records results.
/// </summary>
public sealed class DeliveryStore(NpgsqlDataSource database, IOptions<DeliveryOptions> options, TimeProvider time)
{
    /// <summary>Whether the edition is sent at once, which ignores readers' hours.</summary>
    private const string IsAtOnce = "((select at_once from editions where id = @editionId) and state = 'due' and reason is null)";

    /// <summary>Matches the predicate of the partial index: a waiting delivery has no owner.</summary>
    private const string Waits = "edition_id = @editionId and owner is null and choices is not null and state in ('due', 'deferred')";

    /// <summary>Claims up to <paramref name="count"/> due deliveries; concurrent callers never get the same one.</summary>
    /// <param name="owner">The holder of a <see cref="WorkerLease"/>; without a valid lease, nothing is claimed.</param>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(long editionId, Guid owner, int count)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<ClaimedDelivery>(
            $"""
            with chosen as (
                select subscriber_id from deliveries
                where {Waits} and (due_at is null or due_at <= @now or {IsAtOnce})
                  and exists (select from senders where owner = @owner and lease_until > now())
                order by due_at nulls first, subscriber_id
                limit @count
                for update skip locked
            )
            -- An array instead of a join: for this many rows, the planner would estimate that scanning the whole edition is cheaper.
            update deliveries d set state = 'claimed', owner = @owner, reason = null
            where d.edition_id = @editionId and d.subscriber_id = any(array(select subscriber_id from chosen))
            returning d.subscriber_id, d.choices as composition
            """, new { editionId, owner, count, now = time.GetUtcNow() })).AsList();
    }

    /// <summary>Time until the next waiting delivery is due; zero if one is due already, null if none waits.</summary>
    public async Task<TimeSpan?> NextDueAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<double?>(
            $"""
            select case when exists (select from deliveries where {Waits} and {IsAtOnce}) then 0 else (
                select greatest(0, coalesce(extract(epoch from due_at - @now), 0)) from deliveries
                where {Waits} order by due_at nulls first, subscriber_id limit 1) end::double precision
            """, new { editionId, now = time.GetUtcNow() }) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Releases claimed deliveries that were not marked, such as when the relay is unreachable. Does not use up an attempt.</summary>
    public async Task ReleaseAsync(long editionId, Guid owner)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update deliveries set state = 'due', owner = null where edition_id = @editionId and owner = @owner and state = 'claimed'",
            new { editionId, owner });
    }

    /// <summary>
    /// Sweeps the deliveries of dead workers: claimed ones become due again, or skipped if the edition has ended. Those in state sending
    /// become uncertain, or due again with <c>Delivery:OnUncertain=resend</c>.
    /// </summary>
    public async Task SweepAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var dead = (await connection.QueryAsync<Guid>("select owner from senders where lease_until < now()")).ToArray();
        if (dead.Length == 0)
        {
            return;
        }
        await connection.ExecuteAsync(
            """
            with gone as (delete from senders where owner = any(@dead) and lease_until < now() returning owner)
            update deliveries d set
                state = case when over.is_over and d.state = 'claimed' then 'skipped'
                             when d.state = 'claimed' or (@resends and not over.is_over) then 'due' else 'uncertain' end,
                reason = case when over.is_over and d.state = 'claimed' then e.state end,
                ended_at = case when over.is_over or (d.state = 'sending' and not @resends) then @now end,
                reply = case d.state when 'sending' then 'the sending process ended without recording a result' else d.reply end,
                owner = case when over.is_over or (d.state = 'sending' and not @resends) then d.owner end
            from editions e, lateral (select e.state in ('cancelled', 'missed') as is_over) over
            where e.id = d.edition_id and d.owner = any(@dead) and d.owner in (select owner from gone) and d.state in ('claimed', 'sending')
            """, new { dead, resends = options.Value.Resends, now = time.GetUtcNow() }, commandTimeout: 0);
    }

    /// <summary>Skips all deliveries that are not in progress, such as when an edition is cancelled.</summary>
    public Task SkipRestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, string reason) =>
        connection.ExecuteAsync(
            """
            update deliveries set state = 'skipped', reason = @reason, owner = null, ended_at = @now
            where edition_id = @editionId and state in ('due', 'deferred', 'claimed')
            """, new { editionId, reason, now = time.GetUtcNow() }, transaction, commandTimeout: 0);

    /// <summary>Settles uncertain deliveries: as sent, or to be sent again.</summary>
    /// <param name="sent">False to send them again.</param>
    /// <param name="emailKeys">Only those of these readers; empty for all.</param>
    /// <returns>The number of settled deliveries.</returns>
    public Task<int> SettleAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId, bool sent, IReadOnlyCollection<string> emailKeys) =>
        connection.ExecuteAsync(
            """
            update deliveries set
                state = case when @sent then 'sent' else 'due' end,
                owner = case when @sent then owner end,
                ended_at = case when @sent then ended_at end,
                due_at = null,
                reply = case when @sent then 'settled manually: it was sent' else 'settled manually: to be sent again' end
            where edition_id = @editionId and state = 'uncertain'
              and (@all or subscriber_id in (select id from subscribers where email_key = any(@emailKeys)))
            """, new { editionId, sent, all = emailKeys.Count == 0, emailKeys = emailKeys.ToArray() }, transaction, commandTimeout: 0);

    /// <summary>The time zones and local hours at which readers of an edition want their mail.</summary>
    public async Task<IReadOnlyList<WantedHour>> WantedHoursAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId) =>
        (await connection.QueryAsync<WantedHour>(
            """
            select distinct s.timezone, s.hour from deliveries d join subscribers s on s.id = d.subscriber_id
            where d.edition_id = @editionId and d.state = 'due' and s.hour is not null
            """, new { editionId }, transaction, commandTimeout: 0)).AsList();

    /// <summary>Sets the due time of deliveries whose readers want a certain hour; null means at once.</summary>
    public Task SetDueAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long editionId,
        IReadOnlyCollection<(string Timezone, short Hour, DateTimeOffset? At)> times) =>
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

    /// <summary>Whether at least one delivery of the edition was attempted.</summary>
    public async Task<bool> IsAnyTriedAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from deliveries where edition_id = @editionId and attempt > 0)", new { editionId }, commandTimeout: 0);
    }

    public async Task<DeliveryAccount> AccountAsync(long editionId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleAsync<DeliveryAccount>(new CommandDefinition(
            """
            select count(*) as planned,
                   count(*) filter (where state = 'sent') as sent,
                   count(*) filter (where state = 'failed') as failed,
                   count(*) filter (where state = 'uncertain') as uncertain,
                   count(*) filter (where state = 'skipped') as skipped,
                   count(*) filter (where state = 'deferred') as deferred,
                   count(*) filter (where state in ('due', 'claimed', 'sending')) as due
            from deliveries where edition_id = @editionId
            """, new { editionId }, commandTimeout: 0));
    }
}
