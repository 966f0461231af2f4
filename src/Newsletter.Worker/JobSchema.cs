using System.Globalization;
using Hangfire.PostgreSql;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Worker;

/// <summary>
/// Hangfire's tables. They are made when the rest of the schema is, by <c>newsletter migrate</c>: left to itself, Hangfire
/// makes them at the first use, tries that for minutes without a word where it may not, and hears no signal meanwhile.
/// </summary>
public static class JobSchema
{
    public const string Name = "hangfire";

    // Any constant: Hangfire does not expect two processes at once.
    private const long LockKey = 0x68616E6766697265;

    private static readonly int Newest = typeof(PostgreSqlObjectsInstaller).Assembly.GetManifestResourceNames()
        .Where(name => name.Contains(".Install.v", StringComparison.Ordinal))
        .Max(name => int.Parse(name.Split('.')[^2].TrimStart('v'), CultureInfo.InvariantCulture));

    /// <summary>Brings the tables up to date; processes that try at once take turns.</summary>
    public static async Task ApplyAsync(string connectionString, CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        await using var turn = new NpgsqlCommand($"select pg_advisory_lock({LockKey})", connection) { CommandTimeout = 0 };
        await turn.ExecuteNonQueryAsync(cancel);
        await Task.Run(() => PostgreSqlObjectsInstaller.Install(connection, Name), cancel).WaitAsync(cancel);
    }

    /// <exception cref="Refusal">Conflict, naming the command that mends it.</exception>
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
            // The schema, or its tables, were never made.
        }
        throw Refusal.Conflict("The tables of the jobs are not there, or older than this program: run 'newsletter migrate', then start again.");
    }
}
