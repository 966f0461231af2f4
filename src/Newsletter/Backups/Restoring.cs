using Newsletter.Database;

namespace Newsletter.Backups;

/// <summary>Brings the database of a backup into an empty one: whole, or not at all.</summary>
public sealed class Restoring(string connectionString)
{
    /// <exception cref="Refusal">Conflict: the target is not empty, or an older PostgreSQL. Unreachable: pg_restore failed.</exception>
    /// <returns>The rows of each table, as they are now.</returns>
    public async Task<IReadOnlyDictionary<string, long>> RunAsync(OpenedBackup backup, CancellationToken cancel)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        if (!await TableStore.IsEmptyAsync(connection, cancel))
        {
            throw Refusal.Conflict(
                $"The database '{connection.Database}' is not empty, and a restore changes nothing that is there: make a new one (createdb), "
                + "name it in ConnectionStrings:Newsletter and restore into that; for the embedded one, give another Data:Directory.");
        }
        if (connection.PostgreSqlVersion.Major < backup.Manifest.Postgres)
        {
            throw Refusal.Conflict($"The backup is of PostgreSQL {backup.Manifest.Postgres}, and the server is {connection.PostgreSqlVersion.Major}: "
                + "restore it into that version or a newer one.");
        }
        var programs = await DumpPrograms.FindAsync(connection, connectionString, backup.Manifest.PgDump, cancel);
        await programs.RestoreAsync(dump => backup.CopyDumpAsync(dump, cancel), cancel);
        // It is there now: what follows is not left half-done by an interruption.
        await TableStore.AnalyzeAsync(connection, CancellationToken.None);
        return await TableStore.CountAsync(connection, null, CancellationToken.None);
    }

    /// <returns>A sentence for each table that has other rows than the backup; none when all is there.</returns>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, long> expected, IReadOnlyDictionary<string, long> actual) =>
    [
        .. expected.Keys.Union(actual.Keys).Order(StringComparer.Ordinal)
            .Where(table => expected.GetValueOrDefault(table, -1) != actual.GetValueOrDefault(table, -1))
            .Select(table => FormattableString.Invariant(
                $"{table}: {actual.GetValueOrDefault(table)} rows, and the backup has {expected.GetValueOrDefault(table)}")),
    ];
}
