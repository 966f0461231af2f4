using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>What a database is like that no test has used: its tables, with the rows that are in some of them, its sequences and its schema.</summary>
internal sealed class UntouchedDatabase
{
    private const string OurRelations =
        "from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^(pg_|information_schema)'";

    private const string Next = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

    /// <summary>With their last values; nothing where none was taken.</summary>
    private const string Sequences =
        $"select c.oid::regclass::text || ' ' || coalesce(pg_sequence_last_value(c.oid)::text, '') {OurRelations} and c.relkind = 'S'";

    /// <summary>Whoever changes a table, a constraint, a trigger, a function, an owner or a right changes this.</summary>
    private static readonly string Schema =
        $"""
        select concat_ws(' ',
            (select string_agg(concat_ws(':', c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relnatts, c.reloptions), ',' order by c.oid) {OurRelations}),
            (select string_agg(concat_ws(':', nspname, nspowner, nspacl), ',' order by oid) from pg_namespace where nspname !~ '^pg_(toast_)?temp'),
            (select concat_ws(':', datdba, datacl, datconnlimit) from pg_database where datname = current_database()),
            (select count(*) from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())),
            {string.Join(", ", new[]
            {
                "attribute", "attrdef", "trigger", "constraint", "proc", "rewrite", "type", "default_acl", "extension", "policy", "event_trigger",
                "statistic_ext",
            }.Select(catalog => $"(select concat_ws(':', count(*), max(xmin::text::bigint)) from pg_{catalog})"))})
        """;

    private readonly List<Table> tables = [];
    private readonly List<string> sequences = [];
    private string schema = "";
    private string look = "";

    /// <param name="Others">Those that refer to it, and those that refer to them.</param>
    /// <param name="Rows">In PostgreSQL's binary format; null where it is empty.</param>
    private sealed record Table(string Name, IReadOnlyList<string> Others, byte[]? Rows, long Count);

    /// <summary>The first one that came after it was made.</summary>
    public long Transaction { get; private init; }

    public static async Task<UntouchedDatabase> ReadAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var read = new UntouchedDatabase
        {
            schema = (string)(await ScalarAsync(connection, Schema))!,
            Transaction = (long)(await ScalarAsync(connection, Next))!,
        };
        foreach (var line in await LinesAsync(connection, $"select c.oid::regclass::text {OurRelations} and c.relkind in ('r', 'p') order by 1"))
        {
            var others = await LinesAsync(connection,
                $"""
                with recursive other(id) as (
                    select '{line}'::regclass::oid
                    union select k.conrelid from pg_constraint k join other o on k.confrelid = o.id and k.contype = 'f')
                select id::regclass::text from other
                """);
            var count = (long)(await ScalarAsync(connection, $"select count(*) from {line}"))!;
            read.tables.Add(new(line, others, count == 0 ? null : await RowsAsync(connection, line), count));
        }
        read.sequences.AddRange(await LinesAsync(connection, Sequences));
        read.look = string.Join(" union all ",
        [
            // A table that was written once has a page, also when its rows are gone again; an ANALYZE leaves what PostgreSQL plans by.
            $"""
            select c.oid::regclass::text {OurRelations} and c.relkind in ('r', 'p')
            and (c.reltuples <> -1 or (pg_relation_size(c.oid) > 0 and c.oid <> all($2::text[]::regclass[])))
            """,
            .. read.tables.Where(t => t.Rows is not null).Select(t =>
                $"select '{t.Name}' where (select count(*) from {t.Name}) <> {t.Count} or exists (select from {t.Name} where xmin::text::bigint >= $1)"),
        ]);
        return read;
    }

    /// <param name="since">The first transaction that may have changed something.</param>
    /// <returns>The first transaction of the next one who uses it; null when it cannot be made as it was.</returns>
    public async Task<long?> RestoreAsync(NpgsqlConnection connection, long since)
    {
        foreach (var partition in await LinesAsync(connection, $"select c.oid::regclass::text {OurRelations} and c.relispartition and c.relkind = 'r'"))
        {
            await ScalarAsync(connection, $"drop table {partition}");
        }
        if ((string)(await ScalarAsync(connection, Schema))! != schema)
        {
            return null;
        }
        var filled = tables.Where(t => t.Rows is not null).Select(t => t.Name).ToArray();
        var changed = (await LinesAsync(connection, look, since, filled)).ToHashSet();
        var written = tables.Where(t => changed.Contains(t.Name)).SelectMany(t => t.Others).ToHashSet();
        List<string> deeds = ["set session_replication_role = replica", "delete from pg_statistic where starelid >= 16384"];
        if (written.Count > 0)
        {
            deeds.Add("truncate " + string.Join(", ", written));
        }
        await ScalarAsync(connection, string.Join("; ", deeds));
        foreach (var table in tables.Where(t => written.Contains(t.Name) && t.Rows is not null))
        {
            await using var copy = await connection.BeginRawBinaryCopyAsync($"copy {table.Name} from stdin (format binary)");
            await copy.WriteAsync(table.Rows);
        }
        var moved = (await LinesAsync(connection, Sequences)).Except(sequences).Select(line => line.Split(' ')[0]).ToHashSet();
        foreach (var line in sequences.Where(line => moved.Contains(line.Split(' ')[0])))
        {
            await ScalarAsync(connection, line.Split(' ') is [var name, { Length: > 0 } value]
                ? $"select setval('{name}', {value})"
                : $"select setval(seqrelid, seqstart, false) from pg_sequence where seqrelid = '{line.Split(' ')[0]}'::regclass");
        }
        return (long)(await ScalarAsync(connection, Next))!;
    }

    private static async Task<byte[]> RowsAsync(NpgsqlConnection connection, string table)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy {table} to stdout (format binary)");
        using var rows = new MemoryStream();
        await copy.CopyToAsync(rows);
        return rows.ToArray();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        object? last = null;
        await using var reader = await command.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
            {
                last = reader.GetValue(0);
            }
        }
        while (await reader.NextResultAsync());
        return last;
    }

    private static async Task<List<string>> LinesAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }
        return lines;
    }
}
