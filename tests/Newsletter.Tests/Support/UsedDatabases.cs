using System.Collections.Concurrent;
using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>
/// Databases that a test has done with, made as the template is: what was written is truncated, what was there is copied back. A copy
/// of the template is a thousand files, and each connection a process: both stay for the next test. A database whose schema was
/// changed, or that somebody else is still connected to, is not used again.
/// </summary>
internal static class UsedDatabases
{
    private static readonly ConcurrentBag<UsedDatabase> Clean = [];
    private static readonly Lazy<Task<UntouchedDatabase>> Untouched = new(async () =>
    {
        var server = (await TestServer.StartedAsync()).ConnectionString;
        return await UntouchedDatabase.ReadAsync(new NpgsqlConnectionStringBuilder(server) { Database = TestServer.Seeded, Pooling = false }.ConnectionString);
    });

    /// <returns>Null when there is none.</returns>
    public static UsedDatabase? Take() => Clean.TryTake(out var used) ? used : null;

    /// <summary>The first transaction that came after the template was made. Nobody may be connected to the template later on.</summary>
    public static async Task<long> FirstTransactionAsync() => (await Untouched.Value).Transaction;

    /// <returns>False when it must be dropped.</returns>
    public static async Task<bool> GiveBackAsync(UsedDatabase used)
    {
        var held = new List<NpgsqlConnection>();
        UsedDatabase given;
        try
        {
            await using var connection = await used.Pool.OpenConnectionAsync();
            if (!await IsAloneAsync(connection, used.Pool, held)
                || await (await Untouched.Value).RestoreAsync(connection, used.Transaction) is not { } transaction)
            {
                return false;
            }
            given = used with { Transaction = transaction };
        }
        catch (NpgsqlException)
        {
            // A test has ended connections of the pool.
            return false;
        }
        finally
        {
            foreach (var connection in held)
            {
                await connection.DisposeAsync();
            }
        }
        // Only now: another test may take it at once, and must find no connection in use.
        Clean.Add(given);
        return true;
    }

    /// <summary>All who are connected are connections of the pool, which hands these out before it makes new ones; and none of them was ended.</summary>
    private static async Task<bool> IsAloneAsync(NpgsqlConnection connection, NpgsqlDataSource pool, List<NpgsqlConnection> held)
    {
        await using var look = new NpgsqlCommand(
            """
            select array_agg(a.pid) filter (where a.pid <> pg_backend_pid()), max(d.sessions_fatal + d.sessions_killed + d.sessions_abandoned)
            from pg_stat_database d join pg_stat_activity a on a.datid = d.datid and a.backend_type = 'client backend'
            where d.datname = current_database()
            """, connection);
        await using var reader = await look.ExecuteReaderAsync();
        await reader.ReadAsync();
        var others = reader.IsDBNull(0) ? [] : reader.GetFieldValue<int[]>(0).ToHashSet();
        if (reader.GetInt64(1) > 0)
        {
            return false;
        }
        await reader.DisposeAsync();
        while (others.Count > 0)
        {
            held.Add(await pool.OpenConnectionAsync());
            if (!others.Remove(held[^1].ProcessID))
            {
                return false;
            }
        }
        return true;
    }
}

/// <param name="Transaction">The first one that can have changed something.</param>
internal sealed record UsedDatabase(string Name, NpgsqlDataSource Pool, long Transaction);
