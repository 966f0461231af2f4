using Dapper;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// Counts mails requested with an unverified address. The counts come from the notices table, so all processes see the same
/// numbers. People who never confirm are deleted together with their notices, so older rows are only of people who stayed.
/// </summary>
public sealed class SignUpBrakeStore(NpgsqlDataSource database, TimeProvider time)
{
    private const int UsualDays = 28;

    /// <summary>Reads the brake, and locks sign-ups of the same domain until the transaction ends: concurrent ones must count each other.</summary>
    /// <param name="domain">The domain of <see cref="Addresses.EmailAddress.Mailbox"/>.</param>
    public Task<BrakeRow> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string domain) =>
        connection.QuerySingleAsync<BrakeRow>(
            """
            select b.usual, b.since, b.released_at from (select pg_advisory_xact_lock(hashtextextended(@domain, 27))) l, sign_up_brake b
            """, new { domain }, transaction);

    /// <summary>Each count stops at its limit, so that a flood does not make the query slower.</summary>
    /// <param name="from">The start of the hour.</param>
    public Task<SignUpCounts> CountAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string mailbox, string domain, DateTimeOffset from,
        (int Mailbox, int Domain, long All, long Held) most) =>
        connection.QuerySingleAsync<SignUpCounts>(
            """
            select (select count(*) from (select from notices where mailbox = @mailbox and created_at > @yesterday limit @mostOfMailbox) m) as of_mailbox,
                   (select count(*) from (select from notices where mailbox is not null and split_part(mailbox, '@', 2) = @domain and created_at > @from
                                          limit @mostOfDomain) d) as of_domain,
                   (select count(*) from (select from notices where mailbox is not null and created_at > @from and state <> 'held'
                                          limit @mostInAll) a) as in_all,
                   (select count(*) from (select from notices where state = 'held' limit @mostHeld) h) as held
            """,
            new
            {
                mailbox, domain, from, yesterday = time.GetUtcNow().AddDays(-1), mostOfMailbox = most.Mailbox, mostOfDomain = most.Domain,
                mostInAll = most.All, mostHeld = most.Held,
            }, transaction);

    /// <summary>
    /// Whether the domain has at least as many sign-ups in this hour as it has in the four weeks, where only those of people who stayed remain.
    /// </summary>
    /// <param name="most">Each count stops at this number.</param>
    /// <param name="pendingDays">Sign-ups of this many last days do not count as usual: they may still expire.</param>
    public Task<bool> IsDomainUnusualAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string domain, DateTimeOffset from, long most, int pendingDays)
    {
        var until = time.GetUtcNow().AddDays(-pendingDays);
        return connection.ExecuteScalarAsync<bool>(
            """
            select (select count(*) from (select from notices where mailbox is not null and split_part(mailbox, '@', 2) = @domain
                                          and created_at > @from limit @most) n)
                >= (select count(*) from (select from notices where mailbox is not null and split_part(mailbox, '@', 2) = @domain
                                          and created_at between @begin and @until limit @most) u)
            """, new { domain, from, most, begin = until.AddDays(-UsualDays), until }, transaction);
    }

    /// <returns>Whether this call switched the brake on; false if it was on already.</returns>
    public async Task<bool> EngageAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        await connection.ExecuteAsync("update sign_up_brake set since = @now where since is null", new { now = time.GetUtcNow() }, transaction) == 1;

    /// <summary>Updates the usual number once an hour: the median, over four weeks, of each day's busiest hour.</summary>
    /// <param name="pendingDays">Sign-ups of this many last days do not count as usual: they may still expire.</param>
    public async Task CountUsualAsync(int pendingDays)
    {
        await using var connection = await database.OpenConnectionAsync();
        var now = time.GetUtcNow();
        var until = now.AddDays(-pendingDays);
        await connection.ExecuteAsync(
            """
            with hours as (
                select floor(extract(epoch from @until - created_at) / 3600)::int as hour, count(*) as sign_ups
                from notices where mailbox is not null and created_at > @begin and created_at <= @until group by 1
            ),
            days as (
                select coalesce(max(h.sign_ups), 0) as busiest
                from generate_series(0, @UsualDays - 1) d left join hours h on h.hour / 24 = d group by d
            )
            update sign_up_brake set counted_at = @now, usual = (select percentile_disc(0.5) within group (order by busiest) from days)
            where counted_at is null or counted_at <= @now - interval '1 hour'
            """, new { now, until, begin = until.AddDays(-UsualDays), UsualDays }, commandTimeout: 60);
    }

    /// <summary>Switches the brake off if no more than this arrived within the last hour.</summary>
    /// <returns>Whether this call switched the brake off.</returns>
    public async Task<bool> DisengageIfQuietAsync(long most)
    {
        await using var connection = await database.OpenConnectionAsync();
        var now = time.GetUtcNow();
        return await connection.ExecuteAsync(
            """
            update sign_up_brake set since = null
            where since <= @from and (select count(*) from notices where mailbox is not null and created_at > @from) <= @most
            """, new { from = now.AddHours(-1), most }) == 1;
    }

    public async Task<(BrakeRow Brake, long Held, long LastHour)> ReadAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<BrakeRow, Numbers, (BrakeRow, long, long)>(
            """
            select b.usual, b.since, b.released_at, (select count(*) from notices where state = 'held') as held,
                   (select count(*) from notices where mailbox is not null and created_at > greatest(@from, b.released_at)) as last_hour
            from sign_up_brake b
            """,
            (brake, numbers) => (brake, numbers.Held, numbers.LastHour), new { from = time.GetUtcNow().AddHours(-1) }, splitOn: "held")).Single();
    }

    /// <summary>
    /// Makes the latest held mail of each mailbox due, and extends the expiry of its sign-up. Earlier sign-ups no longer count for the limit.
    /// </summary>
    /// <returns>The number of mails that are due.</returns>
    public Task<int> ReleaseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset expires) =>
        connection.ExecuteScalarAsync<int>(
            """
            update sign_up_brake set since = null, released_at = @now;
            with held as (select id, row_number() over (partition by mailbox order by id desc) = 1 as is_latest from notices where state = 'held'),
            released as (
                update notices n set state = case when h.is_latest then 'due' else 'failed' end, due_at = @now,
                       reply = case when not h.is_latest then 'Not sent: the same mailbox asked again later.' end
                from held h where h.id = n.id returning n.sign_up_id, h.is_latest
            ),
            prolonged as (update sign_ups u set expires_at = greatest(u.expires_at, @expires) from released r where r.is_latest and u.id = r.sign_up_id)
            select count(*) filter (where is_latest)::int from released
            """, new { now = time.GetUtcNow(), expires }, transaction, commandTimeout: 0);

    /// <summary>Discards the held mails. Their sign-ups are deleted by the next run of <see cref="SignUpExpiry"/>.</summary>
    /// <returns>The number of mails that were discarded.</returns>
    public Task<int> DiscardAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteScalarAsync<int>(
            """
            with discarded as (
                update notices set state = 'failed', reply = 'Not sent: an operator discarded the sign-ups that were held.'
                where state = 'held' returning sign_up_id
            ),
            ended as (update sign_ups u set expires_at = @now from discarded d where u.id = d.sign_up_id)
            select count(*)::int from discarded
            """, new { now = time.GetUtcNow() }, transaction, commandTimeout: 0);

    private sealed record Numbers
    {
        public required long Held { get; init; }
        public required long LastHour { get; init; }
    }
}

/// <summary>The stored state of the brake.</summary>
public sealed record BrakeRow
{
    public required int Usual { get; init; }
    public required DateTimeOffset? Since { get; init; }

    /// <summary>Sign-ups before this time do not count.</summary>
    public required DateTimeOffset ReleasedAt { get; init; }
}

/// <summary>Requested mails: of one mailbox within a day; of its domain, and in total, within an hour.</summary>
public sealed record SignUpCounts
{
    public required long OfMailbox { get; init; }
    public required long OfDomain { get; init; }

    /// <summary>Without held mails.</summary>
    public required long InAll { get; init; }

    /// <summary>All mails that wait for an operator, of any age.</summary>
    public required long Held { get; init; }
}
