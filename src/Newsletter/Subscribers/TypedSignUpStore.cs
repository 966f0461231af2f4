using Dapper;
using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>Sign-ups as rows of their own between the form and the moment when they are handled.</summary>
public sealed class TypedSignUpStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>One statement, the same for every address: nothing is looked up.</summary>
    public async Task AddAsync(EmailAddress address, IReadOnlyList<string> roles, IReadOnlyList<string> topics)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "insert into typed_sign_ups (email, roles, topics, created_at) values (@Value, @roles, @topics, @now)",
            new { address.Value, roles = roles.ToArray(), topics = topics.ToArray(), now = time.GetUtcNow() });
    }

    /// <summary>Handles the oldest that nobody else has in hand. It goes with that; when handling throws, it stays.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> HandleAsync(Func<TypedSignUp, Task> handle)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var typed = await connection.QuerySingleOrDefaultAsync<TypedSignUp>(
            "select id, email, roles, topics from typed_sign_ups order by id limit 1 for update skip locked", transaction: transaction);
        if (typed is null)
        {
            return false;
        }
        await handle(typed);
        await connection.ExecuteAsync("delete from typed_sign_ups where id = @Id", new { typed.Id }, transaction);
        await transaction.CommitAsync();
        return true;
    }
}
