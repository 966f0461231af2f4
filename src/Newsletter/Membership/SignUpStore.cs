using Dapper;
using Microsoft.Extensions.Options;
using Newsletter.Links;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// Requests to be subscribed, as rows. A request is open until one of the person's requests is confirmed, the person unsubscribes, or it
/// expires. The caller that adds or ends one must hold a lock on the subscriber's row.
/// </summary>
public sealed class SignUpStore(NpgsqlDataSource database, IOptions<SubscribersOptions> options, TimeProvider time)
{
    private const string Select =
        """
        select subscriber_id as "SubscriberId", label_ids as "LabelIds", topics as "Topics", ended_at is null as "IsOpen"
        from sign_ups where id = @Id and secret = @Secret and expires_at > @now
        """;

    /// <param name="labelIds">Null, like the topics: the choices are already in the subscriber's row.</param>
    /// <returns>The id of the request.</returns>
    public Task<long> AddAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, int[]? labelIds, string[]? topics)
    {
        var now = time.GetUtcNow();
        return connection.ExecuteScalarAsync<long>(
            """
            insert into sign_ups (subscriber_id, label_ids, topics, created_at, expires_at) values (@subscriberId, @labelIds, @topics, @now, @expires)
            returning id
            """, new { subscriberId, labelIds, topics, now, expires = now.AddDays(options.Value.PendingDays) }, transaction);
    }

    /// <summary>The request that a link was made for; null when it has expired or does not exist.</summary>
    public async Task<SignUpRequest?> FindAsync(SignedLink link)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<SignUpRequest>(Select, new { link.Row.Id, link.Row.Secret, now = time.GetUtcNow() });
    }

    /// <summary>The same, locked until the transaction ends, so that it does not expire meanwhile.</summary>
    public Task<SignUpRequest?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, SignedLink link) =>
        connection.QuerySingleOrDefaultAsync<SignUpRequest>(
            Select + " for update", new { link.Row.Id, link.Row.Secret, now = time.GetUtcNow() }, transaction);

    /// <summary>Ends all requests of a person. They keep their choices until they expire; their labels are cleaned up then.</summary>
    public Task EndAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId) =>
        connection.ExecuteAsync(
            "update sign_ups set ended_at = @now where subscriber_id = @subscriberId and ended_at is null",
            new { subscriberId, now = time.GetUtcNow() }, transaction);

    /// <summary>Deletes expired sign-ups, except those that are being confirmed and those whose mail is held.</summary>
    public Task<ExpiredRows> DeleteExpiredAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int limit) =>
        connection.QuerySingleAsync<ExpiredRows>(
            """
            with expired as (
                select id from sign_ups u
                where expires_at <= @now and not exists (select from notices n where n.sign_up_id = u.id and n.state = 'held')
                order by expires_at limit @limit for update of u skip locked
            ),
            gone as (delete from sign_ups u using expired where u.id = expired.id returning u.label_ids)
            select count(*)::int as "Count", array(select distinct unnest(label_ids) from gone) as "LabelIds" from gone
            """, new { now = time.GetUtcNow(), limit }, transaction);
}
