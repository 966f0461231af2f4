using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>Stores sign-ups from the form until they are processed.</summary>
public sealed class SignUpQueueStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>One statement without look-ups: it must take the same time for every address.</summary>
    public async Task AddAsync(EmailAddress address, IReadOnlyList<string> roles, IReadOnlyList<string> topics)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "insert into sign_up_queue (email, roles, topics, created_at) values (@Value, @roles, @topics, @now)",
            new { address.Value, roles = roles.ToArray(), topics = topics.ToArray(), now = time.GetUtcNow() });
    }

    /// <summary>Processes the oldest sign-up that is due and not locked. If the handler throws, the row stays unchanged.</summary>
    /// <param name="handle">Returns false if it failed: the next retry is a minute later, for at most a day.</param>
    /// <returns>False when no such sign-up was in the queue.</returns>
    public async Task<bool> ProcessNextAsync(Func<QueuedSignUp, Task<bool>> handle)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var typed = await connection.QuerySingleOrDefaultAsync<QueuedSignUp>(
            "select id, email, roles, topics from sign_up_queue where retry_at <= @now order by id limit 1 for update skip locked",
            new { now = time.GetUtcNow() }, transaction);
        if (typed is null)
        {
            return false;
        }
        var isDone = await handle(typed);
        var now = time.GetUtcNow();
        await connection.ExecuteAsync(
            """
            delete from sign_up_queue where id = @Id and (@isDone or created_at <= @yesterday);
            update sign_up_queue set retry_at = @later where id = @Id
            """, new { typed.Id, isDone, yesterday = now.AddDays(-1), later = now.AddMinutes(1) }, transaction);
        await transaction.CommitAsync();
        return true;
    }
}
