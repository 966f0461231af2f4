using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace Newsletter.Database;

/// <summary>Applies the SQL files of <c>migrations/</c>: forward only, in order of name, each once and in its own transaction.</summary>
public sealed class Migrations(string connectionString)
{
    // Key of the PostgreSQL advisory lock. Any constant works, but it must never change.
    private const long LockKey = 0x6E6577736C657474;

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "migrations");

    /// <summary>Brings the schema up to date. An advisory lock serializes concurrent processes.</summary>
    /// <returns>The names of the files applied now.</returns>
    /// <exception cref="Refusal">Conflict: the schema is newer than this program. Unreachable: no database.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", cancel);
        var upgrader = Upgrader();
        // DbUp has no cancellation. A process that exits while a migration waits for a lock closes the connection, which rolls it back.
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

    /// <summary>Checks that the schema is exactly the version of this program.</summary>
    /// <exception cref="Refusal">Conflict: the schema is older or newer; names the fix.</exception>
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

    /// <summary>File names of all migrations of this program, in order.</summary>
    public static IReadOnlyList<string> Names => [.. Directory.GetFiles(Folder, "*.sql").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private UpgradeEngine Upgrader() => DeployChanges.To
        .PostgresqlDatabase(connectionString)
        .WithScriptsFromFileSystem(Folder)
        .WithTransactionPerScript()
        .WithVariablesDisabled()
        // No timeout: building an index on a large table takes minutes.
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
