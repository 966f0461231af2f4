using Newsletter.Items;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Items;

public sealed class ItemStoreTests(TestDatabase database) : ItemsTest(database)
{
    [Fact]
    public async Task What_is_stored_is_what_was_read()
    {
        var (title, page) = (Guid.NewGuid(), Guid.NewGuid());
        var content = Article.Content($$"""
            {"title":"<script>alert(1)</script> \"&\" {{title}}","url":"https://example.com/{{page}}","summary":"a\n\nb 😀 数据 \\u0000","keyTakeaway":"k",
             "keyInsights":["1","2"],"principles":["p"],"method":"m","inPractice":["i"],"topics":["t"],"bestFor":["CTO"],"related":["r"],
             "credit":"{{Article.Credit}}","language":"de","publishedAt":"2026-11-23T08:00:00+01:00"}
            """);

        var (id, change, _) = await Items.SaveAsync(content);

        Assert.Equal(ItemChange.Imported, change);
        var item = await ItemAsync(id);
        Assert.Equal(Article.Facts(content), Article.Facts(item.Content));
        Assert.Null(item.ArchivedAt);
        Assert.Null(await Items.FindAsync(id + 1_000_000));
    }

    [Fact]
    public async Task A_changed_file_updates_its_item_and_earlier_revisions_can_still_be_read()
    {
        var text = Text();
        var id = await ImportedAsync(text);
        var before = await ItemAsync(id);

        Assert.Equal(id, await ImportedAsync(text.Replace("Nobody noticed.", "Somebody noticed.", StringComparison.Ordinal)));

        var after = await ItemAsync(id);
        Assert.NotEqual(before.RevisionId, after.RevisionId);
        Assert.Equal(before.ImportedAt, after.ImportedAt);
        var revisions = await Items.RevisionsAsync([before.RevisionId, after.RevisionId, 0]);
        Assert.Equal("Nobody noticed.", revisions[before.RevisionId].KeyInsights[1]);
        Assert.Equal("Somebody noticed.", revisions[after.RevisionId].KeyInsights[1]);
        Assert.Equal(2, revisions.Count);
    }

    [Fact]
    public async Task Labels_that_left_the_file_go_and_those_an_editor_added_stay()
    {
        var text = Text();
        var id = await ImportedAsync(text);
        await Items.AddLabelsAsync(id, ["Nurse", "AI Engineer"]);

        await ImportedAsync(text.Replace("CTO, AI Engineer", "Data Engineer, PM", StringComparison.Ordinal));

        Assert.Equal(["Data Engineer", "PM", "Nurse", "AI Engineer"], (await ItemAsync(id)).BestFor.Select(l => l.Label));
    }

    [Fact]
    public async Task Labels_stand_in_the_order_of_the_line_also_when_it_changes()
    {
        var text = Text();
        var id = await ImportedAsync(text);

        await ImportedAsync(text.Replace("CTO, AI Engineer", "AI Engineer, PM, CTO", StringComparison.Ordinal));

        Assert.Equal(["AI Engineer", "PM", "CTO"], (await ItemAsync(id)).BestFor.Select(l => l.Label));
    }

    [Fact]
    public async Task Archiving_with_an_unknown_id_archives_none()
    {
        var (one, two) = (await ImportedAsync(Text()), await ImportedAsync(Text()));

        foreach (var unknown in new[] { 0, -1, long.MaxValue })
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => Items.ArchiveAsync([one, unknown, two]));
            Assert.Equal(RefusalKind.NotFound, refusal.Kind);
            Assert.Contains($"{unknown}", refusal.Message, StringComparison.Ordinal);
        }
        Assert.All([await ItemAsync(one), await ItemAsync(two)], item => Assert.Null(item.ArchivedAt));

        await Items.ArchiveAsync([one, one, two]);
        var archived = (await ItemAsync(one)).ArchivedAt;
        Assert.NotNull(archived);
        await Items.ArchiveAsync([one]);
        Assert.Equal(archived, (await ItemAsync(one)).ArchivedAt);
        Assert.Contains(await Items.ListAsync(archived: true, 100), item => item.Id == one);
        Assert.DoesNotContain(await Items.ListAsync(archived: false, 100), item => item.Id == one);
    }

    [Fact]
    public async Task Items_are_listed_newest_first_and_no_more_than_asked_for()
    {
        var (one, two) = (await ImportedAsync(Text()), await ImportedAsync(Text()));

        Assert.Equal([two, one], (await Items.ListAsync(archived: false, 2)).Select(item => item.Id));
    }

    [Fact]
    public async Task Labels_for_an_unknown_item_are_refused_and_not_kept()
    {
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => Items.AddLabelsAsync(0, ["Keeper of Nothing"]))).Kind);

        await using var command = Database.DataSource.CreateCommand("select count(*) from labels where text = 'Keeper of Nothing'");
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_candidate_carries_its_roles_with_the_labels_that_mean_them()
    {
        var id = await ImportedAsync(Text().Replace("CTO, AI Engineer", "VP of Engineering/Data, Grand Zamboni Whisperer, CTO", StringComparison.Ordinal));

        var candidate = Assert.Single(await CandidatesAsync(), c => c.ItemId == id);

        Assert.Equal(["VP of Engineering/Data", "VP of Engineering/Data", "CTO"], candidate.Roles.Select(r => r.Label));
        await Items.ArchiveAsync([id]);
        Assert.DoesNotContain(await CandidatesAsync(), c => c.ItemId == id);
    }

    [Fact]
    public async Task A_label_that_no_item_names_any_more_goes()
    {
        var (line, addressed) = ($"Zorb Polisher {Guid.NewGuid():N}", $"Zorb Painter {Guid.NewGuid():N}");
        var text = Text().Replace("CTO, AI Engineer", $"CTO, {line}", StringComparison.Ordinal);
        var id = await ImportedAsync(text);
        await using (var command = Database.DataSource.CreateCommand(
            """
            with l as (insert into labels (text, normal, first_seen_at) values ($1, $1, now()) returning id)
            update items set addressed_label_id = (select id from l) where id = $2
            """))
        {
            command.Parameters.AddWithValue(addressed);
            command.Parameters.AddWithValue(id);
            await command.ExecuteNonQueryAsync();
        }
        var cleanUp = new Newsletter.Subscribers.LabelCleanUp(Database.DataSource, new(Database.DataSource));
        await cleanUp.RunAsync(default);
        Assert.Equal(2, await CountAsync());
        await ImportedAsync(text.Replace(line, "PM", StringComparison.Ordinal));
        await cleanUp.RunAsync(default);
        Assert.Equal(0, await CountAsync());

        async Task<long> CountAsync()
        {
            await using var command = Database.DataSource.CreateCommand("select count(*) from labels where text in ($1, $2)");
            command.Parameters.AddWithValue(line);
            command.Parameters.AddWithValue(addressed);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }
}
