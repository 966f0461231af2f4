using Dapper;
using Newsletter.Database;
using Newsletter.Items;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Items;

/// <summary>Which stored items tell one story.</summary>
public sealed class StoryTests(TestDatabase database) : ItemsTest(database)
{
    private const string Summary =
        "A maker of bearings replaced a hosted model with one of three billion parameters that runs beside the press. "
        + "Faults are found sooner and nothing leaves the building.";

    private StoryStore Stories => new(Database.DataSource, new AuditStore(Database.DataSource, TimeProvider.System), TimeProvider.System);

    [Fact]
    public async Task An_item_alone_is_its_own_story()
    {
        var saved = await Items.SaveAsync(Told(Subject()));

        Assert.Null(saved.NearDuplicateOf);
        Assert.Equal(saved.Id, await StoryAsync(saved.Id));
        Assert.Empty((await ItemAsync(saved.Id)).Story);
    }

    [Fact]
    public async Task Near_duplicates_are_one_story_under_the_lowest_id_and_candidates_say_so()
    {
        var subject = Subject();
        var first = await Items.SaveAsync(Told(subject));
        var second = await Items.SaveAsync(Told(subject, "opinion: ", summary: Summary.Replace("Faults", "All faults", StringComparison.Ordinal)));
        var third = await Items.SaveAsync(Told(subject, summary: Summary.Replace("sooner", "earlier", StringComparison.Ordinal)));

        Assert.Equal((first.Id, first.Id), (second.NearDuplicateOf!.Value, third.NearDuplicateOf!.Value));
        Assert.Equal([first.Id, third.Id], (await ItemAsync(second.Id)).Story);
        var candidates = await CandidatesAsync();
        Assert.All([first, second, third], item => Assert.Equal(first.Id, Assert.Single(candidates, c => c.ItemId == item.Id).StoryId));
    }

    [Fact]
    public async Task A_changed_item_that_now_tells_anothers_story_joins_both_and_changed_back_stays()
    {
        var (one, two) = (Subject(), Subject());
        var first = await Items.SaveAsync(Told(one));
        var other = Told(two);
        var second = await Items.SaveAsync(other);
        var third = await Items.SaveAsync(Told(two));
        Assert.Equal(second.Id, await StoryAsync(third.Id));

        var changed = await Items.SaveAsync(other with { Title = Told(one).Title, Summary = Told(one).Summary });

        Assert.Equal(new SavedItem(second.Id, ItemChange.Updated, first.Id), changed);
        Assert.All(await Task.WhenAll(new[] { first, second, third }.Select(item => StoryAsync(item.Id))), story => Assert.Equal(first.Id, story));
        await Items.SaveAsync(other);
        Assert.Equal(first.Id, await StoryAsync(second.Id));
        Assert.Equal(first.Id, await StoryAsync(third.Id));
    }

    [Fact]
    public async Task An_item_is_no_near_duplicate_of_itself_or_of_its_earlier_text()
    {
        var content = Told(Subject());
        await Items.SaveAsync(content);

        Assert.Null((await Items.SaveAsync(content)).NearDuplicateOf);
        Assert.Null((await Items.SaveAsync(content with { Method = "By hand." })).NearDuplicateOf);
    }

    [Fact]
    public async Task Archived_items_still_tell_their_story_and_those_of_more_than_a_year_ago_are_not_compared()
    {
        var subject = Subject();
        var first = await Items.SaveAsync(Told(subject));
        await Items.ArchiveAsync([first.Id]);
        Assert.Equal(first.Id, (await Items.SaveAsync(Told(subject))).NearDuplicateOf);

        await ExecuteAsync($"update items set imported_at = now() - interval '367 days' where story_id = {first.Id}");
        Assert.Null((await Items.SaveAsync(Told(subject))).NearDuplicateOf);
    }

    [Fact]
    public async Task Imports_of_one_story_at_once_make_one_story()
    {
        for (var round = 0; round < 10; round++)
        {
            var subject = Subject();
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var all = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                await start.Task;
                return await Items.SaveAsync(Told(subject));
            }));
            start.SetResult();

            var saved = await all;

            Assert.Equal(8, saved.Select(item => item.Id).Distinct().Count());
            Assert.Single((await Task.WhenAll(saved.Select(item => StoryAsync(item.Id)))).Distinct());
        }
    }

    [Fact]
    public async Task Import_and_check_warn_of_near_duplicates_also_when_nothing_changed()
    {
        var subject = Subject();
        var first = await Items.SaveAsync(Told(subject));
        var file = File("again.txt", Text($"{subject} wins on the factory floor").Replace(
            "A lift learned when people leave. It now waits where they are.", subject + " " + Summary, StringComparison.Ordinal));
        var warning = $"near-duplicate of item {first.Id}: a reader gets only one of them";

        Assert.Equal(warning, Assert.Single((await Import.CheckAsync([file], Stream.Null)).Warnings).Message);
        Assert.Equal(warning, Assert.Single((await ImportAsync(file)).Warnings).Message);
        var again = await ImportAsync(file);
        Assert.Equal(warning, Assert.Single(again.Warnings).Message);
        Assert.Equal(ItemChange.Unchanged, Assert.Single(again.Items).Change);
        Assert.Equal(warning, Assert.Single((await Import.CheckAsync([file], Stream.Null)).Warnings).Message);
    }

    [Fact]
    public async Task An_editor_merges_whole_stories_and_the_audit_log_has_it()
    {
        var (one, two) = (Subject(), Subject());
        var first = await Items.SaveAsync(Told(one));
        var second = await Items.SaveAsync(Told(two));
        var third = await Items.SaveAsync(Told(two));

        Assert.Equal([first.Id, second.Id, third.Id], await Stories.MergeAsync([third.Id, first.Id, first.Id], "cli"));

        Assert.Equal(first.Id, await StoryAsync(second.Id));
        var entry = (await new AuditStore(Database.DataSource, TimeProvider.System).LatestAsync(1)).Single();
        Assert.Equal(("cli", "items merged", $"items {first.Id}, {third.Id}: story {first.Id}"), (entry.Actor, entry.Action, entry.Subject));
        await Stories.MergeAsync([third.Id, first.Id], "somebody else");
        Assert.Equal("cli", (await new AuditStore(Database.DataSource, TimeProvider.System).LatestAsync(1)).Single().Actor);
    }

    [Fact]
    public async Task Merging_with_an_unknown_item_or_one_alone_is_refused_and_changes_nothing()
    {
        var (first, second) = (await Items.SaveAsync(Told(Subject())), await Items.SaveAsync(Told(Subject())));

        var unknown = await Assert.ThrowsAsync<Refusal>(() => Stories.MergeAsync([first.Id, second.Id, long.MaxValue], "cli"));
        Assert.Equal(RefusalKind.NotFound, unknown.Kind);
        Assert.Contains($"{long.MaxValue}", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => Stories.MergeAsync([first.Id, first.Id], "cli"))).Kind);
        Assert.Equal(second.Id, await StoryAsync(second.Id));
    }

    [Fact]
    public async Task Near_duplicates_are_found_by_index()
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var id = (await Items.SaveAsync(Told(Subject()))).Id;
        await connection.ExecuteAsync(
            """
            insert into items (key, revision_id, story_id, story_marks, imported_at)
            select 'filler ' || n, revision_id, id, array(select (random() * 1e18)::bigint + n from generate_series(1, 24)), now()
            from items, generate_series(1, 5000) n where id = @id
            """, new { id });
        await connection.ExecuteAsync("analyze items");

        var plan = string.Join('\n', await connection.QueryAsync<string>(
            "explain select id from items where story_marks && (select story_marks from items where id = @id) "
            + "and imported_at > now() - interval '366 days'", new { id }));

        Assert.Contains("items_story_marks_idx", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        await connection.ExecuteAsync("delete from items where key like 'filler %'");
    }

    /// <summary>A word that no other test's titles have.</summary>
    private static string Subject() => string.Concat(Guid.NewGuid().ToString("N").Select(c => (char)(char.IsDigit(c) ? c - '0' + 'q' : c)));

    /// <summary>An item of its own, by address, on a subject.</summary>
    private static ItemContent Told(string subject, string before = "", string summary = Summary) => new()
    {
        Title = $"{before}{subject} wins on the factory floor",
        Summary = subject + " " + summary,
        Url = $"https://example.com/{Guid.NewGuid()}",
        BestFor = ["CTO"],
    };

    private async Task<long> StoryAsync(long id)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select story_id from items where id = @id", new { id });
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
