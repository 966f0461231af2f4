using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace Newsletter.Database;

/// <summary>The SQL files of <c>migrations/</c>: forward only, in order of their names, each once, in a transaction of its own.</summary>
public sealed class Migrations(string connectionString)
{
    // Any constant will do, as long as it never changes: it is the name of the lock in PostgreSQL.
    private const long LockKey = 0x6E6577736C657474;

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "migrations");

    /// <summary>Brings the schema up to date; processes that try at once take turns.</summary>
    /// <returns>The names of the files applied now.</returns>
    /// <exception cref="Refusal">Conflict: the schema is newer than this program. Unreachable: no database.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", cancel);
        var upgrader = Upgrader();
        // DbUp knows no cancellation: whoever leaves while a migration waits for a lock closes its connection, which undoes it.
        var result = await Task.Run(
            () =>
            {
                RefuseNewer(upgrader);
                return upgrader.PerformUpgrade();
            }, cancel).WaitAsync(cancel);
        return result.Successful
            ? result.Scripts.Select(s => s.Name).ToList()
            : throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    /// <summary>Refuses to run on a schema that is not exactly this program's.</summary>
    /// <exception cref="Refusal">Conflict, naming the command that mends it.</exception>
    public async Task EnsureCurrentAsync(CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        var upgrader = Upgrader();
        var pending = await Task.Run(
            () =>
            {
                RefuseNewer(upgrader);
                return upgrader.GetScriptsToExecute().Count;
            }, cancel).WaitAsync(cancel);
        if (pending > 0)
        {
            throw Refusal.Conflict($"The database schema is older than this program by {pending} migration(s): run 'newsletter migrate', then start again.");
        }
    }

    /// <summary>The names of all files of this program, in order.</summary>
    public static IReadOnlyList<string> Names => [.. Directory.GetFiles(Folder, "*.sql").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private UpgradeEngine Upgrader() => DeployChanges.To
        .PostgresqlDatabase(connectionString)
        .WithScriptsFromFileSystem(Folder)
        .WithTransactionPerScript()
        .WithVariablesDisabled()
        // No timeout: an index on a large table takes minutes to build.
        .WithExecutionTimeout(TimeSpan.Zero)
        .JournalToPostgresqlTable("public", "schema_versions")
        .LogTo(new NoOpUpgradeLog())
        .Build();

    private static void RefuseNewer(UpgradeEngine upgrader)
    {
        var known = upgrader.GetDiscoveredScripts().Select(s => s.Name).ToHashSet();
        if (upgrader.GetExecutedScripts().FirstOrDefault(name => !known.Contains(name)) is { } newer)
        {
            throw Refusal.Conflict($"The database schema is newer than this program ({newer} is unknown to it): run the newer version.");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
