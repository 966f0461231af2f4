using Newsletter.Database;
using Newsletter.Links;

namespace Newsletter.Backups;

/// <summary>Checks that a backup is complete: restores it into a temporary PostgreSQL server, which is deleted afterwards.</summary>
public static class Drill
{
    /// <param name="folder">Used by nothing else; the server's user must be able to reach it.</param>
    /// <exception cref="Refusal">
    /// Unreachable: PostgreSQL is not installed, or one of its programs failed. Conflict: the installed version is older than the backup's.
    /// </exception>
    public static async Task<IReadOnlyList<DrillCheck>> RunAsync(OpenedBackup backup, string folder, CancellationToken cancel)
    {
        var server = await EmbeddedPostgres.StartAsync(folder, new Dictionary<string, string> { ["fsync"] = "off" }, cancel);
        try
        {
            var rows = await new Restoring(server.ConnectionString).RunAsync(backup, cancel);
            var differences = Restoring.Differences(backup.Manifest.Rows, rows);
            return
            [
                new("rows", differences.Count == 0, differences.Count == 0
                    ? $"{Amount.Of(rows.Values.Sum())} in {Amount.Of(rows.Count, "table")}, as many as were backed up"
                    : string.Join("; ", differences)),
                await SchemaAsync(server.ConnectionString, cancel),
                SigningKeys(backup.SigningKeys),
            ];
        }
        finally
        {
            await server.DisposeAsync();
            if (Directory.Exists(server.Directory))
            {
                Directory.Delete(server.Directory, recursive: true);
            }
        }
    }

    private static async Task<DrillCheck> SchemaAsync(string connectionString, CancellationToken cancel)
    {
        try
        {
            var applied = await new Migrations(connectionString + ";Pooling=false").ApplyAsync(cancel);
            return new("schema", true, applied.Count == 0
                ? "matches this program version"
                : $"{Amount.Of(applied.Count, "migration")} older than this program's; {(applied.Count == 1 ? "it applies" : "they apply")}");
        }
        catch (InvalidOperationException failed)
        {
            return new("schema", false, failed.Message);
        }
    }

    private static DrillCheck SigningKeys(IReadOnlyList<string> keys)
    {
        try
        {
            return new("signing keys", true, FormattableString.Invariant($"{new SigningKeys(keys).All.Count}, which can verify links"));
        }
        catch (Refusal refusal)
        {
            return new("signing keys", false, refusal.Message);
        }
    }
}

public sealed record DrillCheck(string Name, bool Good, string Message);
