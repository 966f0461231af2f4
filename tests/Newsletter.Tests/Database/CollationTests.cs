using Newsletter.Tests.Support;

namespace Newsletter.Tests.Database;

/// <summary>No index depends on how this machine's operating system sorts text.</summary>
public sealed class CollationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Every_index_sorts_text_by_its_bytes() => Assert.Empty(await TextsAsync(
        """
        select i.indexrelid::regclass || ', column ' || k.place || ': ' || co.collname
        from pg_index i
        join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
        cross join lateral unnest(i.indcollation::oid[]) with ordinality as k (id, place)
        join pg_collation co on co.oid = k.id
        where co.collname <> 'C' order by 1
        """));

    [Fact]
    public async Task So_does_every_column_that_refers_to_another_table_by_text() => Assert.Empty(await TextsAsync(
        """
        select f.conname || ': ' || a.attname
        from pg_constraint f
        cross join lateral unnest(f.conkey) as k (number)
        join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number
        join pg_collation co on co.oid = a.attcollation
        where f.contype = 'f' and f.connamespace = 'public'::regnamespace and co.collname <> 'C' order by 1
        """));

    private async Task<IReadOnlyList<string>> TextsAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync())
        {
            texts.Add(reader.GetString(0));
        }
        return texts;
    }
}
