using Newsletter.Database;

namespace Newsletter.Backups;

/// <summary>Restores the database of a backup into an empty database, completely or not at all.</summary>
public sealed class Restoring(string connectionString)
{
    /// <exception cref="Refusal">Conflict: the target is not empty, or its PostgreSQL is older. Unreachable: pg_restore failed.</exception>
    /// <returns>Number of rows by table after the restore.</returns>
    public async Task<IReadOnlyDictionary<string, long>> RunAsync(OpenedBackup backup, CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        if (!await TableStore.IsEmptyAsync(connection, cancel))
        {
            throw Refusal.Conflict(
                $"The database '{connection.Database}' is not empty, and a restore never changes existing data: create a new one (createdb), "
                + "name it in ConnectionStrings:Newsletter and restore into that; for the embedded one, give another Data:Directory.");
        }
        if (connection.PostgreSqlVersion.Major < backup.Manifest.Postgres)
        {
            throw Refusal.Conflict($"The backup is of PostgreSQL {backup.Manifest.Postgres}, and the server is {connection.PostgreSqlVersion.Major}: "
                + "restore it into that version or a newer one.");
        }
        var programs = await DumpPrograms.FindAsync(connection, connectionString, backup.Manifest.PgDump, cancel);
        await programs.RestoreAsync(dump => backup.CopyDumpAsync(dump, cancel), cancel);
        // The restore is committed: cancellation must not skip the remaining steps.
        await TableStore.AnalyzeAsync(connection, CancellationToken.None);
        return await TableStore.CountAsync(connection, null, CancellationToken.None);
    }

    /// <returns>One sentence for each table whose row count differs from the backup; empty if all match.</returns>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, long> expected, IReadOnlyDictionary<string, long> actual) =>
    [
        .. expected.Keys.Union(actual.Keys).Order(StringComparer.Ordinal)
            .Where(table => expected.GetValueOrDefault(table, -1) != actual.GetValueOrDefault(table, -1))
            .Select(table => FormattableString.Invariant(
                $"{table}: {actual.GetValueOrDefault(table)} rows, and the backup has {expected.GetValueOrDefault(table)}")),
    ];
}
