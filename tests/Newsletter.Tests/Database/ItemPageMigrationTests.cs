using Newsletter.Archive;
using Newsletter.Database;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Database;

/// <summary>Migrates editions from a version in which the page of every item was public.</summary>
public sealed class ItemPageMigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Addresses_in_mails_sent_before_go_on_to_work_and_what_was_not_sent_is_hidden()
    {
        await database.ResetAsync(migrated: false);
        database.MigrateBefore("0028");
        await using (var command = database.DataSource.CreateCommand(
            """
            insert into items (id, key, revision_id, story_id, imported_at) overriding system value
            select n, n::text, n, n, now() from generate_series(1, 4) n;
            insert into item_revisions (id, item_id, content, content_hash, created_at) overriding system value
            select n, n, '{}', n::text, now() from generate_series(1, 4) n;
            insert into digests (slug, name, archive, created_at) values ('open', 'Open', 'public', now()), ('closed', 'Closed', 'none', now());
            insert into editions (digest_id, state, started_at, created_at)
            select d.id, s.state, s.at, now() from digests d, (values ('sent', now()), ('planned', null)) s (state, at);
            insert into edition_items (edition_id, position, item_id, revision_id)
            select e.id, 1, n.item, n.item from editions e join digests d on d.id = e.digest_id
            join (values ('open', 'sent', 1), ('closed', 'sent', 2), ('closed', 'planned', 3)) n (slug, state, item)
                on n.slug = d.slug and n.state = e.state;
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        await new Migrations(database.ConnectionString).ApplyAsync(default);

        var pages = new ItemPageStore(database.DataSource);
        Assert.Equal(
            [ItemAudience.Everybody, ItemAudience.WhoeverHasTheAddress, ItemAudience.Editors, ItemAudience.Editors],
            [await pages.AudienceAsync(1), await pages.AudienceAsync(2), await pages.AudienceAsync(3), await pages.AudienceAsync(4)]);
        Assert.Equal(4, (await pages.RowsAsync([1, 2, 3, 4])).Select(row => row.Secret).Distinct().Count());
    }
}
