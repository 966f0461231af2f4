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
        await using var connection = await OpenAsync(cancel);
        await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", cancel);
        var upgrader = Upgrader();
        RefuseNewer(upgrader);
        var result = upgrader.PerformUpgrade();
        return result.Successful
            ? result.Scripts.Select(s => s.Name).ToList()
            : throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    /// <summary>Refuses to run on a schema that is not exactly this program's.</summary>
    /// <exception cref="Refusal">Conflict, naming the command that mends it.</exception>
    public async Task EnsureCurrentAsync(CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        var upgrader = Upgrader();
        RefuseNewer(upgrader);
        if (upgrader.GetScriptsToExecute().Count is var pending and > 0)
        {
            throw Refusal.Conflict($"The database schema is older than this program by {pending} migration(s): run 'newsletter migrate', then start again.");
        }
    }

    private UpgradeEngine Upgrader() => DeployChanges.To
        .PostgresqlDatabase(connectionString)
        .WithScriptsFromFileSystem(Folder)
        .WithTransactionPerScript()
        .WithVariablesDisabled()
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

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        NpgsqlConnection connection;
        try
        {
            connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        }
        catch (ArgumentException malformed)
        {
            throw Refusal.Invalid($"ConnectionStrings:Newsletter cannot be read ({malformed.Message.TrimEnd('.')}).");
        }
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw Refusal.Unreachable(Outage.Describe(failure) ?? $"The database cannot be reached ({failure.Message}).", failure);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
