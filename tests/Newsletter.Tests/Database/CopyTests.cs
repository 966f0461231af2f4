using System.Globalization;
using System.Text;
using Newsletter.Database;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Database;

public sealed class CopyTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_is_written_is_read_again_with_nulls_empty_values_and_both_ends_of_the_numbers()
    {
        await using var connection = await TableAsync("plain");
        await using (var copy = await CopyWriter.OpenAsync(connection, 5, "plain (id, number, text, bytes, at)", default))
        {
            await copy.RowAsync(default);
            (long, int, string)[] rows = [(long.MinValue, int.MaxValue, ""), (long.MaxValue, int.MinValue, "žluťoučký 🐎")];
            Write(copy, rows[0].Item1, rows[0].Item2, rows[0].Item3, [], Noon.AddTicks(10));
            await copy.RowAsync(default);
            Write(copy, rows[1].Item1, rows[1].Item2, rows[1].Item3, [0, 255, 0], new DateTimeOffset(1999, 12, 31, 23, 59, 59, TimeSpan.Zero));
            await copy.RowAsync(default);
            copy.Int64(0);
            for (var i = 0; i < 4; i++)
            {
                copy.Null();
            }
            await copy.CompleteAsync(default);
        }

        await using var read = await CopyReader.OpenAsync(connection, 5, "select id, number, text, bytes, at::date from plain order by id", default);
        Assert.True(await read.ReadAsync(default));
        Assert.Equal(
            (long.MinValue, int.MaxValue, false, 0, false, 0),
            (read.Int64(0), read.Int32(1), read.IsNull(2), read.Bytes(2).Length, read.IsNull(3), read.Bytes(3).Length));
        Assert.Equal(new DateOnly(2026, 3, 2), read.Date(4));
        Assert.True(await read.ReadAsync(default));
        Assert.Equal([true, true, true, true], Enumerable.Range(1, 4).Select(read.IsNull));
        Assert.Equal((0L, 0), (read.Int64(0), read.Bytes(2).Length));
        Assert.True(await read.ReadAsync(default));
        Assert.Equal((long.MaxValue, int.MinValue, "žluťoučký 🐎"), (read.Int64(0), read.Int32(1), Encoding.UTF8.GetString(read.Bytes(2))));
        Assert.Equal([0, 255, 0], read.Bytes(3).ToArray());
        Assert.Equal(new DateOnly(1999, 12, 31), read.Date(4));
        Assert.False(await read.ReadAsync(default));
    }

    [Fact]
    public async Task A_time_keeps_its_microseconds()
    {
        await using var connection = await TableAsync("times");
        await using (var copy = await CopyWriter.OpenAsync(connection, 1, "times (at)", default))
        {
            foreach (var time in new[] { Noon.AddMicroseconds(123_456), new DateTimeOffset(2026, 3, 2, 14, 0, 0, TimeSpan.FromHours(2)) })
            {
                await copy.RowAsync(default);
                copy.Time(time);
            }
            await copy.CompleteAsync(default);
        }

        Assert.Equal(
            "2026-03-02 12:00:00,2026-03-02 12:00:00.123456",
            await ScalarAsync(connection, "select string_agg((at at time zone 'UTC')::text, ',' order by at) from times"));
    }

    /// <summary>Lengths around that of the buffers (64 and 128 KiB), and far above.</summary>
    [Fact]
    public async Task Rows_that_lie_over_the_end_of_a_buffer_come_whole()
    {
        await using var connection = await TableAsync("longs");
        var lengths = Enumerable.Range(65_480, 60).Concat([1, 0, 131_072, 131_040, 300_000, 3, 1_000_000, 2]).ToArray();
        await using (var copy = await CopyWriter.OpenAsync(connection, 3, "longs (id, text, bytes)", default))
        {
            for (var i = 0; i < lengths.Length; i++)
            {
                await copy.RowAsync(default);
                copy.Int64(i);
                copy.Text(Text(i, lengths[i]));
                copy.Bytes(Encoding.UTF8.GetBytes(Text(i + 1, lengths[^(i + 1)])));
            }
            await copy.CompleteAsync(default);
        }

        await using var read = await CopyReader.OpenAsync(connection, 3, "select id, text, bytes from longs order by id", default);
        for (var i = 0; i < lengths.Length; i++)
        {
            Assert.True(await read.ReadAsync(default));
            Assert.Equal(i, read.Int64(0));
            Assert.True(read.Bytes(1).SequenceEqual(Encoding.UTF8.GetBytes(Text(i, lengths[i]))));
            Assert.True(read.Bytes(2).SequenceEqual(Encoding.UTF8.GetBytes(Text(i + 1, lengths[^(i + 1)]))));
        }
        Assert.False(await read.ReadAsync(default));
    }

    [Fact]
    public async Task Many_small_rows_come_each_once()
    {
        await using var connection = await TableAsync("small");
        const int rows = 50_000;
        await using (var copy = await CopyWriter.OpenAsync(connection, 2, "small (id, text)", default))
        {
            for (var i = 0; i < rows; i++)
            {
                await copy.RowAsync(default);
                copy.Int64(i);
                copy.Text(Text(i, i % 23));
            }
            await copy.CompleteAsync(default);
        }

        await using var read = await CopyReader.OpenAsync(connection, 2, "select id, text from small order by id", default);
        for (var i = 0; i < rows; i++)
        {
            Assert.True(await read.ReadAsync(default));
            Assert.Equal((i, i % 23), (read.Int64(0), read.Bytes(1).Length));
        }
        Assert.False(await read.ReadAsync(default));
    }

    [Fact]
    public async Task Arrays_are_walked_element_by_element_and_an_empty_one_has_none()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var read = await CopyReader.OpenAsync(
            connection, 4,
            "select array['a', '', 'ž'], '{}'::text[], null::text[], array[7, -1] union all select array['b'], null, '{}', '{}'", default);

        Assert.True(await read.ReadAsync(default));
        Assert.Equal(["a", "", "ž"], Elements(read, 0));
        Assert.Empty(Elements(read, 1));
        Assert.Empty(Elements(read, 2));
        Assert.True(read.IsNull(2));
        Assert.Equal(["\0\0\0\a", "\uFFFD\uFFFD\uFFFD\uFFFD"], Elements(read, 3));
        Assert.True(await read.ReadAsync(default));
        Assert.Equal(["b"], Elements(read, 0));
        Assert.False(await read.ReadAsync(default));
    }

    [Fact]
    public async Task What_lies_beyond_all_years_is_read_as_the_first_or_the_last_day()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var read = await CopyReader.OpenAsync(
            connection, 5, "select 'infinity'::date, '-infinity'::date, 'infinity'::timestamptz, '-infinity'::timestamptz, '2026-11-26'::date", default);

        Assert.True(await read.ReadAsync(default));
        Assert.Equal((DateOnly.MaxValue, DateOnly.MinValue, new DateOnly(2026, 11, 26)), (read.Date(0), read.Date(1), read.Date(4)));
        Assert.Equal((9999, 1), (read.Time(2).Year, read.Time(3).Year));
    }

    [Fact]
    public async Task Nothing_to_read_is_no_row_and_what_is_small_is_read_as_it_is()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var none = await CopyReader.OpenAsync(connection, 1, "select 1 where false", default))
        {
            Assert.False(await none.ReadAsync(default));
        }
        await using var read = await CopyReader.OpenAsync(connection, 1, "select '-7'::smallint", default);
        Assert.True(await read.ReadAsync(default));
        Assert.Equal((short)-7, read.Int16(0));
    }

    [Fact]
    public async Task A_row_that_the_table_refuses_cancels_all_of_them()
    {
        await using var connection = await TableAsync("refused");
        var failure = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var copy = await CopyWriter.OpenAsync(connection, 2, "refused (id, number)", default);
            for (var i = 0; i < 20_000; i++)
            {
                await copy.RowAsync(default);
                copy.Int64(i);
                copy.Int32(i == 19_999 ? -1 : i);
            }
            await copy.CompleteAsync(default);
        });

        Assert.Equal(PostgresErrorCodes.CheckViolation, failure.SqlState);
        Assert.Equal("0", await ScalarAsync(connection, "select count(*)::text from refused"));
    }

    [Fact]
    public async Task What_is_left_before_its_end_stores_nothing_and_leaves_the_connection_usable()
    {
        await using var connection = await TableAsync("left_early");
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var copy = await CopyWriter.OpenAsync(connection, 1, "left_early (id)", default);
            for (var i = 0; i < 20_000; i++)
            {
                await copy.RowAsync(default);
                copy.Int64(i);
            }
            throw new InvalidOperationException("something else went wrong");
        });

        Assert.Equal("0", await ScalarAsync(connection, "select count(*)::text from left_early"));
    }

    [Fact]
    public async Task A_reader_that_is_left_early_leaves_the_connection_usable()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var read = await CopyReader.OpenAsync(connection, 1, "select generate_series(1, 1000000)", default))
        {
            Assert.True(await read.ReadAsync(default));
        }

        Assert.Equal("1", await ScalarAsync(connection, "select '1'"));
    }

    private async Task<NpgsqlConnection> TableAsync(string name)
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        await using var create = new NpgsqlCommand(
            $"create table {name} (id bigint, number int check (number <> -1), text text, bytes bytea, at timestamptz)", connection);
        await create.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task<string> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture)!;
    }

    private static void Write(CopyWriter copy, long id, int number, string text, byte[] bytes, DateTimeOffset at)
    {
        copy.Int64(id);
        copy.Int32(number);
        copy.Text(text);
        copy.Bytes(bytes);
        copy.Time(at);
    }

    private static List<string> Elements(CopyReader row, int column)
    {
        var found = new List<string>();
        foreach (var element in row.Elements(column))
        {
            found.Add(Encoding.UTF8.GetString(element));
        }
        return found;
    }

    private static string Text(int seed, int length) => string.Create(length, seed, (span, start) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = (char)('a' + ((start + i) % 26));
        }
    });
}
