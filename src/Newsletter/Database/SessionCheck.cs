using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// Rejects a connection pooler that assigns a different PostgreSQL session to each transaction, such as PgBouncer with
/// <c>pool_mode = transaction</c>: prepared statements, settings and advisory locks belong to a session, and without them
/// delivery states were lost.
/// </summary>
public static class SessionCheck
{
    /// <summary>Number of test statements, sent in random order on two connections. A pooler passes if each reaches its connection's session.</summary>
    private const int Statements = 24;

    /// <summary>Checks that connections keep their session. Costs a single statement if there is no pooler.</summary>
    /// <exception cref="Refusal">Invalid: sessions are shared. Unreachable: no database.</exception>
    public static async Task EnsureAsync(string connectionString, CancellationToken cancel)
    {
        await using var first = await SingleConnection.OpenAsync(connectionString, cancel);
        var firstSession = await SessionAsync(first, cancel);
        // PostgreSQL reports the session's process id when a connection opens; a pooler reports a number of its own.
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
                + "and the state of deliveries would be lost: connect to PostgreSQL directly, or set pool_mode = session for this database.");
        }
    }

    private static async Task<int> SessionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }
}
