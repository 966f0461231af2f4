using System.Diagnostics;
using Dapper;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>
/// The measure for planning: the delivery rows of a finished plan, ready in memory in the form PostgreSQL takes them,
/// copied into an empty table with the same columns, checks and indexes.
/// </summary>
internal sealed class BareCopy(NpgsqlDataSource database)
{
    private const int Times = 3;
    private const int ChunkSize = 1 << 20;

    /// <returns>Seconds of the median run.</returns>
    public async Task<double> MeasureAsync(long edition, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var columns = await ColumnsAsync(connection, edition, cancel);
        var chunks = await ReadAsync(connection, columns, edition, cancel);
        await ExecuteAsync(connection, "drop table if exists bare_copy; create table bare_copy (like deliveries including all)", cancel);
        var seconds = new List<double>();
        for (var time = 0; time < Times; time++)
        {
            await ExecuteAsync(connection, "truncate bare_copy", cancel);
            // Dapper takes a single word for a procedure's name.
            await ExecuteAsync(connection, "checkpoint;", cancel);
            var started = Stopwatch.GetTimestamp();
            await using (var copy = await connection.BeginRawBinaryCopyAsync($"copy bare_copy ({columns}) from stdin (format binary)", cancel))
            {
                foreach (var chunk in chunks)
                {
                    await copy.WriteAsync(chunk, cancel);
                }
            }
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            Progress.Say($"  copied in {seconds[^1]:0.00} s");
        }
        await ExecuteAsync(connection, "drop table bare_copy", cancel);
        return seconds.Order().ElementAt(Times / 2);
    }

    /// <summary>Those that hold anything but their default somewhere: a bare copy names no others.</summary>
    private static async Task<string> ColumnsAsync(NpgsqlConnection connection, long edition, CancellationToken cancel)
    {
        var all = (await connection.QueryAsync<(string Name, string Default)>(
            """
            select quote_ident(a.attname), coalesce(pg_get_expr(d.adbin, d.adrelid), 'null')
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = 'deliveries'::regclass and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """)).AsList();
        var differing = string.Join(", ", all.Select(c => $"bool_or({c.Name} is distinct from {c.Default})"));
        var used = await connection.ExecuteScalarAsync<bool[]>(new CommandDefinition(
            $"select array[{differing}] from deliveries where edition_id = @edition",
            new { edition }, commandTimeout: 0, cancellationToken: cancel));
        return string.Join(", ", all.Zip(used!).Where(c => c.Second).Select(c => c.First.Name));
    }

    /// <summary>In the order of the key, which indexes take best.</summary>
    private static async Task<List<byte[]>> ReadAsync(NpgsqlConnection connection, string columns, long edition, CancellationToken cancel)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(
            $"copy (select {columns} from deliveries where edition_id = {edition} order by subscriber_id) to stdout (format binary)", cancel);
        var chunks = new List<byte[]>();
        var buffer = new byte[ChunkSize];
        while (await copy.ReadAsync(buffer, cancel) is var length and > 0)
        {
            chunks.Add(buffer[..length]);
        }
        return chunks;
    }

    private static Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 0, cancellationToken: cancel));
}
