using Dapper;
using Newsletter.Addresses;
using Newsletter.Links;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>Subscribers as rows. Methods that take a connection run in the caller's transaction.</summary>
public sealed class SubscriberStore(NpgsqlDataSource database)
{
    // Labels come from a subquery, not from a join: a join would hash the whole table of labels once per subscriber.
    private const string Select =
        """
        select s.id as "Id", s.email as "Email", s.status as "Status", s.consent as "Consent", s.created_at as "CreatedAt",
               s.confirmed_at as "ConfirmedAt", s.unsubscribed_at as "UnsubscribedAt", s.secret as "Secret",
               s.cadence as "Cadence", s.name as "Name",
               array(select (select l.text from labels l where l.id = u.id)
                     from unnest(s.label_ids) with ordinality as u (id, position) order by u.position) as "Roles",
               s.topics as "Topics", s.muted_topics as "MutedTopics", s.weekday::int as "Weekday", s.timezone as "Timezone",
               s.hour::int as "Hour", s.depth as "Depth", s.too_few as "TooFew", s.language as "Language",
               s.paused_until as "PausedUntil"
        from subscribers s

        """;

    /// <summary>
    /// SQL: the advisory lock that an import holds. Two concurrent imports of the same people would lock their rows in different orders and
    /// deadlock.
    /// </summary>
    internal const string ImportLock = "hashtext('newsletter subscriber import')";

    /// <summary>Prevents imports until the transaction ends.</summary>
    /// <returns>False while an import is running.</returns>
    internal static Task<bool> TryLockImportsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteScalarAsync<bool>($"select pg_try_advisory_xact_lock({ImportLock})", transaction: transaction);

    /// <exception cref="Refusal">NotFound: no subscriber has this address.</exception>
    public async Task<Subscriber> GetAsync(EmailAddress address) =>
        await FindAsync(address) ?? throw Refusal.NotFound("There is no subscriber with this address.");

    public Task<Subscriber?> FindAsync(EmailAddress address) => OneAsync("where s.email_key = @Key", new { address.Key });

    /// <summary>The subscriber that a link was made for; null when that person is not stored, or another person has the id now.</summary>
    public Task<Subscriber?> FindAsync(SignedLink link) =>
        OneAsync("where s.id = @Id and (s.secret = @Secret or (@IsOldForm and s.has_old_links))", new { link.Row.Id, link.Row.Secret, link.IsOldForm });

    public Task<Subscriber?> FindAsync(long id) => OneAsync("where s.id = @id", new { id });

    /// <summary>Ordered by id.</summary>
    /// <param name="status">Only subscribers with this status; null: all.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="afterId">Only subscribers with a greater id: the last id of the previous page.</param>
    public async Task<IReadOnlyList<Subscriber>> ListAsync(string? status, int limit, long afterId = 0)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await QueryAsync(connection, null,
            "where s.id > @afterId and (@status::text is null or s.status = @status) order by s.id limit @limit",
            new { status, limit, afterId });
    }

    /// <summary>How many subscribers have each time zone, the most common one first; without those who unsubscribed.</summary>
    public async Task<IReadOnlyList<(string Zone, long Readers)>> CountByZoneAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<(string, long)>(
            "select timezone, count(*) from subscribers where status <> 'unsubscribed' group by timezone order by count(*) desc, timezone")).AsList();
    }

    /// <summary>How many subscribers have each status; every status is included.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountByStatusAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(string Status, long Count)>(
            """
            select v.status, count(s.id)
            from (values ('pending'), ('confirmed'), ('unsubscribed')) as v (status)
            left join subscribers s on s.status = v.status
            group by v.status
            """);
        return rows.ToDictionary(r => r.Status, r => r.Count);
    }

    /// <summary>Locks the row of this address until the transaction ends. If there is none, inserts it as pending and provisional.</summary>
    public Task<LockedSubscriber> LockOrAddAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address, DateTimeOffset now) =>
        connection.QuerySingleAsync<LockedSubscriber>(
            """
            insert into subscribers (email, email_key, status, created_at, provisional) values (@Value, @Key, 'pending', @now, true)
            on conflict (email_key) do update set email_key = excluded.email_key
            returning id as "Id", status as "Status", xmax = 0 as "Added"
            """, new { address.Value, address.Key, now }, transaction);

    /// <summary>The subscriber, locked until the transaction ends; null when there is none.</summary>
    public async Task<Subscriber?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        (await QueryAsync(connection, transaction, "where s.id = @id for update of s", new { id })).SingleOrDefault();

    public Task SavePreferencesAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long id, Preferences preferences, int[] labelIds) =>
        connection.ExecuteAsync(
            """
            with dropped as (
                insert into label_clean_up (label_id)
                select unnest(label_ids) from subscribers where id = @id except select unnest(@labelIds)
            )
            update subscribers set name = @Name, label_ids = @labelIds, topics = @Topics, muted_topics = @MutedTopics,
                cadence = @Cadence, weekday = @Weekday, timezone = @Timezone, hour = @Hour, depth = @Depth, too_few = @TooFew,
                language = @Language, paused_until = @PausedUntil
            where id = @id
            """,
            new
            {
                id, labelIds, preferences.Name, preferences.Topics, preferences.MutedTopics, preferences.Cadence, preferences.Weekday,
                preferences.Timezone, preferences.Hour, preferences.Depth, preferences.TooFew, preferences.Language, preferences.PausedUntil,
            }, transaction);

    /// <summary>Confirms a person who is pending or unsubscribed: from now on the person gets mail, with all earlier preferences.</summary>
    public Task ConfirmAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, string consent, DateTimeOffset now) =>
        connection.ExecuteAsync(
            """
            update subscribers set status = 'confirmed', consent = @consent, confirmed_at = @now, unsubscribed_at = null, provisional = false
            where id = @id and status <> 'confirmed'
            """, new { id, consent, now }, transaction);

    public Task UnsubscribeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, DateTimeOffset now) =>
        connection.ExecuteAsync(
            """
            update subscribers set status = 'unsubscribed', unsubscribed_at = @now, provisional = false
            where id = @id and status <> 'unsubscribed'
            """, new { id, now }, transaction);

    /// <summary>Deletes people who were stored only because of their sign-ups and have none left.</summary>
    public async Task<ExpiredRows> DeleteProvisionalAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int limit)
    {
        const string IsOver = "s.provisional and s.status = 'pending' and not exists (select from sign_ups u where u.subscriber_id = s.id)";
        // Two statements: the first waits for no lock, and the second sees a sign-up that was added before the rows were locked.
        var ids = (await connection.QueryAsync<long>(
            $"select s.id from subscribers s where {IsOver} order by s.id limit @limit for update of s skip locked", new { limit }, transaction)).ToArray();
        return await connection.QuerySingleAsync<ExpiredRows>(
            $"""
            with gone as (delete from subscribers s where s.id = any(@ids) and {IsOver} returning s.label_ids)
            select count(*)::int as "Count", array(select distinct unnest(label_ids) from gone) as "LabelIds" from gone
            """, new { ids }, transaction);
    }

    /// <summary>
    /// Deletes the row and the rows that depend on it. Deliveries keep the id but lose the server's replies, because these quote addresses.
    /// </summary>
    /// <returns>False when there was no such subscriber.</returns>
    public async Task<bool> DeleteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        await connection.ExecuteScalarAsync<int>(
            """
            update deliveries set reply = null where subscriber_id = @id and reply is not null;
            insert into label_clean_up (label_id)
            select unnest(label_ids) from subscribers where id = @id union select unnest(label_ids) from sign_ups where subscriber_id = @id;
            with gone as (delete from subscribers where id = @id returning id) select count(*)::int from gone
            """, new { id }, transaction) == 1;

    private async Task<Subscriber?> OneAsync(string where, object parameters)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await QueryAsync(connection, null, where, parameters)).SingleOrDefault();
    }

    private static async Task<List<Subscriber>> QueryAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object parameters) =>
        (await connection.QueryAsync<Subscriber, Preferences, Subscriber>(
            Select + where, (subscriber, preferences) => subscriber with { Preferences = preferences },
            parameters, transaction, splitOn: "Cadence")).AsList();
}
