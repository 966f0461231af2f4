using Npgsql;

namespace Newsletter.Backups;

/// <summary>Queries the tables of a database without knowing the schema, to compare a backup with a restored database.</summary>
internal static class TableStore
{
    /// <summary>Condition that excludes tables that belong to an extension.</summary>
    private const string NoExtension =
        "not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')";

    /// <summary>Number of rows by table.</summary>
    /// <param name="transaction">Counts in the snapshot of this transaction; null for the current data.</param>
    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancel)
    {
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await ListAsync<string>(connection, transaction,
            $"""
            select relname::text from pg_class c
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and {NoExtension}
            """, cancel))
        {
            await using var count = new NpgsqlCommand($"select count(*) from public.{Quoted(table)}", connection, transaction) { CommandTimeout = 0 };
            rows[table] = (long)(await count.ExecuteScalarAsync(cancel))!;
        }
        return rows;
    }

    /// <summary>Names of the applied migrations, in order; null if the database has no schema of this program.</summary>
    public static async Task<IReadOnlyList<string>?> MigrationsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancel) =>
        await IsTrueAsync(connection, transaction, "select to_regclass('public.schema_versions') is not null", cancel)
            ? [.. (await ListAsync<string>(connection, transaction, "select scriptname::text from public.schema_versions", cancel))
                .Order(StringComparer.Ordinal)]
            : null;

    /// <returns>Oid and file node of each table. TRUNCATE gives a table a new file node.</returns>
    public static async Task<IReadOnlyList<(uint Table, uint File)>> FilesAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancel)
    {
        var files = new List<(uint, uint)>();
        await using var command = new NpgsqlCommand(
            "select oid, relfilenode from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            files.Add((reader.GetFieldValue<uint>(0), reader.GetFieldValue<uint>(1)));
        }
        return files;
    }

    /// <summary>True if schema <c>public</c> has no objects, and Hangfire has no jobs that would run on the restored data.</summary>
    public static async Task<bool> IsEmptyAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        !await IsTrueAsync(connection, null,
            $"""
            select exists (select 1 from pg_class c
                where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S') and {NoExtension})
            """, cancel)
        && (!await IsTrueAsync(connection, null, "select to_regclass('hangfire.job') is not null", cancel)
            || !await IsTrueAsync(connection, null, "select exists (select 1 from hangfire.job)", cancel));

    /// <summary>Collects statistics. Restored tables have none, so the query planner would assume that they are small.</summary>
    public static async Task AnalyzeAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("analyze", connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<IReadOnlyList<T>> ListAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, CancellationToken cancel)
    {
        var list = new List<T>();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            list.Add(reader.GetFieldValue<T>(0));
        }
        return list;
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
