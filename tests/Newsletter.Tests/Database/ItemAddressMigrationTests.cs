using Newsletter.Database;
using Newsletter.Items;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Database;

/// <summary>Items that were stored when addresses lost fragment and final slash.</summary>
public sealed class ItemAddressMigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Stored_items_stay_what_they_are_and_are_known_by_their_pages()
    {
        await database.ResetAsync(migrated: false);
        database.MigrateBefore("0029");
        await using (var command = database.DataSource.CreateCommand(
            """
            insert into items (id, key, revision_id, story_id, imported_at) overriding system value
            values (1, 'url:https://e.org/changelog', 1, 1, now()), (2, 'url:https://app.e.org', 2, 2, now()), (3, 'hash:abc', 3, 3, now()),
                   (4, 'url:https://e.org/a?id=7', 4, 4, now());
            insert into item_revisions (id, item_id, content, content_hash, created_at) overriding system value
            select n, n, '{"title":"t"}', 'h' || n, now() from generate_series(1, 4) n;
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        await new Migrations(database.ConnectionString).ApplyAsync(default);

        Assert.Equal(
            [
                "1 url:https://e.org/changelog https://e.org/changelog 1 h1", "2 url:https://app.e.org https://app.e.org 2 h2", "3 hash:abc - 3 h3",
                "4 url:https://e.org/a?id=7 https://e.org/a?id=7 4 h4",
            ], await RowsAsync());
        Assert.Equal("https://e.org/a?id=7", ItemUrl.Page("https://e.org/a/?id=7#part"));
        Assert.Equal("https://app.e.org", ItemUrl.Page("https://app.e.org/#/posts/42"));
    }

    private async Task<List<string>> RowsAsync()
    {
        await using var command = database.DataSource.CreateCommand(
            """
            select concat_ws(' ', i.id, i.key, coalesce(i.page, '-'), i.revision_id, r.content_hash)
            from items i join item_revisions r on r.id = i.revision_id
            order by i.id
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }
        return rows;
    }
}
