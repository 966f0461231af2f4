using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>Sign-ups as rows of their own between the form and the moment when they are handled.</summary>
public sealed class SignUpQueueStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>One statement, the same for every address: nothing is looked up.</summary>
    public async Task AddAsync(EmailAddress address, IReadOnlyList<string> roles, IReadOnlyList<string> topics)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "insert into sign_up_queue (email, roles, topics, created_at) values (@Value, @roles, @topics, @now)",
            new { address.Value, roles = roles.ToArray(), topics = topics.ToArray(), now = time.GetUtcNow() });
    }

    /// <summary>Handles the oldest that nobody else has in hand. When handling throws, it stays as it is.</summary>
    /// <param name="handle">False: it failed, and is to be tried again a minute later, for a day.</param>
    /// <returns>False when there was none.</returns>
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
