using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// Refuses a connection pooler that gives each transaction another session of PostgreSQL, as PgBouncer does with
/// <c>pool_mode = transaction</c>: prepared statements, settings and advisory locks belong to a session, and marks of
/// deliveries were lost with them.
/// </summary>
public static class SessionCheck
{
    /// <summary>A pooler passes when each of so many statements, in random order on two connections, finds its own session again.</summary>
    private const int Statements = 24;

    /// <summary>One statement where there is no pooler.</summary>
    /// <exception cref="Refusal">Invalid: sessions are shared. Unreachable: no database.</exception>
    public static async Task EnsureAsync(string connectionString, CancellationToken cancel)
    {
        await using var first = await SingleConnection.OpenAsync(connectionString, cancel);
        var firstSession = await SessionAsync(first, cancel);
        // PostgreSQL names the session's process when a connection begins; a pooler names something of its own.
        if (firstSession == first.ProcessID)
        {
            return;
        }
        await using var second = await SingleConnection.OpenAsync(connectionString, cancel);
        var secondSession = await SessionAsync(second, cancel);
        var isShared = firstSession == secondSession;
        for (var statement = 0; statement < Statements && !isShared; statement++)
        {
            isShared = Random.Shared.Next(2) == 0
                ? await SessionAsync(first, cancel) != firstSession
                : await SessionAsync(second, cancel) != secondSession;
        }
        if (isShared)
        {
            throw Refusal.Invalid(
                "The database is reached through a pooler that gives each transaction another session (PgBouncer with pool_mode = transaction or statement), "
                + "and mails would be lost from the account: connect to PostgreSQL directly, or set pool_mode = session for this database.");
        }
    }

    private static async Task<int> SessionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }
}
