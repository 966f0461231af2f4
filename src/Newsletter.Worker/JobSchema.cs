using System.Globalization;
using Hangfire.PostgreSql;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Worker;

/// <summary>
/// Hangfire's tables, created by <c>newsletter migrate</c> together with the rest of the schema. By default, Hangfire creates them at
/// the first use; without the right to do so, it retries for minutes without a log message and does not react to signals.
/// </summary>
public static class JobSchema
{
    public const string Name = "hangfire";

    // Key of the advisory lock; any constant works. Hangfire's installer is not safe for concurrent processes.
    private const long LockKey = 0x68616E6766697265;

    private static readonly int Newest = typeof(PostgreSqlObjectsInstaller).Assembly.GetManifestResourceNames()
        .Where(name => name.Contains(".Install.v", StringComparison.Ordinal))
        .Max(name => int.Parse(name.Split('.')[^2].TrimStart('v'), CultureInfo.InvariantCulture));

    /// <summary>Brings the tables up to date. An advisory lock serializes concurrent processes.</summary>
    public static async Task ApplyAsync(string connectionString, CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        await using var acquireLock = new NpgsqlCommand($"select pg_advisory_lock({LockKey})", connection) { CommandTimeout = 0 };
        await acquireLock.ExecuteNonQueryAsync(cancel);
        await Task.Run(() => PostgreSqlObjectsInstaller.Install(connection, Name), cancel).WaitAsync(cancel);
    }

    /// <exception cref="Refusal">Conflict: the tables are missing or too old; names the command that fixes it.</exception>
    public static async Task EnsureCurrentAsync(string connectionString, CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        await using var version = new NpgsqlCommand($"select max(version) from {Name}.schema", connection);
        try
        {
            if (await version.ExecuteScalarAsync(cancel) is >= 0 and var found && (int)found >= Newest)
            {
                return;
            }
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // The schema or its tables do not exist.
        }
        throw Refusal.Conflict("The job tables are missing or older than this program: run 'newsletter migrate', then start again.");
    }
}
