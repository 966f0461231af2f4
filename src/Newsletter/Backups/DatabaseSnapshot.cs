using System.Data;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Backups;

/// <summary>An exported snapshot of the database, shared by our queries and pg_dump. Other processes keep reading and writing.</summary>
internal sealed class DatabaseSnapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly string connectionString;
    private readonly string id;
    private readonly IReadOnlyList<(uint Table, uint File)> files;

    private DatabaseSnapshot(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string connectionString, string id, IReadOnlyList<(uint, uint)> files)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.connectionString = connectionString;
        this.id = id;
        this.files = files;
    }

    public int Postgres => connection.PostgreSqlVersion.Major;

    public static async Task<DatabaseSnapshot> TakeAsync(string connectionString, CancellationToken cancel)
    {
        var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
            // This transaction is idle while pg_dump runs, so it must have no idle timeout.
            await using var export = new NpgsqlCommand(
                "set local idle_in_transaction_session_timeout = 0; select pg_export_snapshot()", connection, transaction);
            var id = (string)(await export.ExecuteScalarAsync(cancel))!;
            return new DatabaseSnapshot(connection, transaction, connectionString, id, await TableStore.FilesAsync(connection, transaction, cancel));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="Refusal">NotFound: the database has no schema of this program.</exception>
    public async Task<IReadOnlyList<string>> MigrationsAsync(CancellationToken cancel) =>
        await TableStore.MigrationsAsync(connection, transaction, cancel) is { Count: > 0 } migrations
            ? migrations
            : throw Refusal.NotFound("There is nothing to back up: the database does not contain newsletter's schema.");

    public Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancel) => TableStore.CountAsync(connection, transaction, cancel);

    /// <returns>The major version of pg_dump.</returns>
    public async Task<int> DumpAsync(string file, CancellationToken cancel)
    {
        var programs = await DumpPrograms.FindAsync(connection, connectionString, atLeast: 0, cancel);
        await programs.DumpAsync(id, file, cancel);
        return programs.Major;
    }

    /// <summary>
    /// True if a table was truncated since the snapshot, as replanning an edition does. TRUNCATE is not MVCC-safe: if it runs before
    /// pg_dump takes its locks, the dump contains neither the old rows nor the new ones.
    /// </summary>
    public async Task<bool> IsOvertakenAsync(CancellationToken cancel)
    {
        await using var now = await SingleConnection.OpenAsync(connectionString, cancel);
        return files.Except(await TableStore.FilesAsync(now, null, cancel)).Any();
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
