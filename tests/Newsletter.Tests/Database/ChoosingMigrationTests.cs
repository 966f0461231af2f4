using Newsletter.Choosing;
using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Database;

/// <summary>A database as it was before compositions moved into the deliveries, with an edition that was sent.</summary>
public sealed class ChoosingMigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task What_each_reader_got_is_what_they_got_before()
    {
        await database.ResetAsync(migrated: false);
        database.MigrateBefore("0007");
        await ExecuteAsync(
            """
            begin;
            insert into subscribers (email, email_key, status, created_at, confirmed_at)
            select n || '@example.com', n || '@example.com', 'confirmed', now(), now() from generate_series(1, 5) n;
            insert into items (key, revision_id, imported_at) select 'url:' || n, n, now() from generate_series(1, 3) n;
            insert into item_revisions (item_id, content, content_hash, created_at)
            select n, jsonb_build_object('title', 'Title ' || n, 'bestFor', '[]'::jsonb), n, now() from generate_series(1, 3) n;
            insert into digests (slug, name, created_at) values ('weekly', 'The Weekly', now());
            insert into editions (digest_id, state, created_at) select 1, state, now() from unnest(array['sent', 'planned']) state;
            insert into choices (edition_id, number, item_id, revision_id, depth, reasons)
            select 1, number, item, item, 'brief', '[{"kind":"pick","text":"editor''s pick"}]'
            from unnest(array[1, 300, 70000], array[1, 2, 3]) c (number, item);
            insert into choices (edition_id, number, item_id, revision_id, depth, reasons) values (2, 1, 3, 3, 'full', '[]');
            commit;
            """);
        foreach (var edition in new[] { 1, 2 })
        {
            await ExecuteAsync(
                $"""
                create table compositions_{edition} partition of compositions for values in ({edition});
                create table deliveries_{edition} partition of deliveries for values in ({edition});
                """);
        }
        await ExecuteAsync(
            """
            insert into compositions values (1, 1, '{70000,1}'), (1, 2, '{300}'), (1, 3, '{1,300,70000}'), (2, 1, '{1}');
            insert into deliveries (edition_id, subscriber_id, composition, state, reason, ended_at) values
                (1, 1, 1, 'sent', null, now()), (1, 2, 2, 'failed', null, now()), (1, 3, 3, 'uncertain', null, now()),
                (1, 4, null, 'skipped', 'nothing_fits', null), (1, 5, 2, 'skipped', 'unsubscribed', now()),
                (2, 1, 1, 'due', null, null);
            """);

        await new Migrations(database.ConnectionString).ApplyAsync(default);

        Assert.Equal(["sent: 3, 1", "failed: 2", "uncertain: 1, 2, 3", "skipped nothing_fits: ", "skipped unsubscribed: 2"], await ToldAsync(1));
        Assert.Equal(["due: 3"], await ToldAsync(2));
        var choice = (await new CompositionStore(database.DataSource).ChoicesAsync(1, [300]))[300];
        Assert.Equal((2L, "editor's pick", 0), (choice.ItemId, ReasonText.Sentence(choice.Reasons.Single()), choice.RoleIds.Count));
    }

    /// <returns>For each reader of the edition its state and the items, in their order.</returns>
    private async Task<List<string>> ToldAsync(long edition)
    {
        var compositions = new CompositionStore(database.DataSource);
        var told = new List<string>();
        for (var reader = 1L; await compositions.DeliveryOfAsync(edition, reader) is { } delivery; reader++)
        {
            var state = delivery.Reason is null ? delivery.State : $"{delivery.State} {delivery.Reason}";
            var numbers = Composition.Numbers(delivery.Composition ?? []);
            var choices = await compositions.ChoicesAsync(edition, numbers);
            told.Add($"{state}: {string.Join(", ", numbers.Select(number => choices[number].ItemId))}");
        }
        return told;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
