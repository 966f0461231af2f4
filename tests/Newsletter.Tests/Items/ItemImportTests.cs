using Newsletter.Items;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Items;

public sealed class ItemImportTests(TestDatabase database) : ItemsTest(database)
{
    [Fact]
    public async Task Files_folders_and_standard_input_are_read_and_bad_files_do_not_stop_the_others()
    {
        var folder = Path.Combine(Folder, "deep");
        File("deep/b.txt", Text());
        File("deep/er/c.JSONL", """{"title":"From JSONL","summary":"s"}""" + "\n{}\n");
        File("deep/er/d.json", """{"title":"From JSON","summary":"s"}""");
        File("deep/readme.md", "left alone");
        File("deep/.hidden.txt", "left alone");
        var named = File("named.md", Text("Named outright"));
        var bad = File("bad.txt", "No section here");

        var report = await Import.RunAsync([bad, folder, "-", named, "nowhere.txt"], new MemoryStream(Article.Bytes(Text("From standard input"))));

        Assert.Equal(["From JSONL", "From JSON", "From standard input", "Named outright"], report.Items.Skip(1).Select(i => i.Title));
        Assert.Equal("-", report.Items[3].Path);
        Assert.All(report.Items, item => Assert.Equal(ItemChange.Imported, item.Change));
        Assert.Equal([("bad.txt", 1), ("c.JSONL", 2), ("nowhere.txt", null)], report.Rejected.Select(r => (Path.GetFileName(r.Path), r.Line)));
    }

    [Fact]
    public async Task Standard_input_or_a_file_named_twice_is_read_once()
    {
        var file = File("a.txt", Text());

        var report = await Import.RunAsync(["-", file, file, "-"], new MemoryStream(Article.Bytes(Text())));

        Assert.Equal(2, report.Items.Count);
        Assert.Empty(report.Rejected);
    }

    [Fact]
    public async Task What_cannot_be_read_is_rejected_with_its_reason()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "empty"));
        // A file that is there and cannot be read, also not by the superuser.
        var report = await ImportAsync(Path.Combine(Folder, "empty"), "", "/proc/self/mem");

        Assert.Empty(report.Items);
        Assert.Collection(report.Rejected,
            r => Assert.Equal("the folder contains no .txt, .json or .jsonl file", r.Reason),
            r => Assert.Equal("there is no such file or folder", r.Reason),
            r => Assert.StartsWith(OperatingSystem.IsLinux() ? "it cannot be read (" : "there is no such", r.Reason, StringComparison.Ordinal));
        Assert.All(report.Rejected, r => Assert.Null(r.Line));
    }

    [Fact]
    public async Task A_folder_that_is_linked_into_itself_is_read_once()
    {
        File("loop/a.txt", Text());
        Directory.CreateSymbolicLink(Path.Combine(Folder, "loop/again"), Path.Combine(Folder, "loop"));
        System.IO.File.CreateSymbolicLink(Path.Combine(Folder, "loop/b.txt"), File("elsewhere.txt", Text()));

        Assert.Equal(2, (await ImportAsync(Path.Combine(Folder, "loop"))).Items.Count);
    }

    [Fact]
    public async Task The_same_file_twice_changes_nothing()
    {
        var file = File("a.txt", Text());
        var first = Assert.Single((await ImportAsync(file)).Items);
        var before = await ItemAsync(first.Id!.Value);

        var second = Assert.Single((await ImportAsync(file)).Items);

        Assert.Equal((first.Id, ItemChange.Unchanged), (second.Id, second.Change));
        var after = await ItemAsync(first.Id!.Value);
        Assert.Equal((before.RevisionId, before.ImportedAt), (after.RevisionId, after.ImportedAt));
    }

    [Fact]
    public async Task Checking_reads_and_warns_and_stores_nothing()
    {
        var before = (await Items.ListAsync(archived: false, 1000)).Count;

        var report = await Import.CheckAsync([File("a.txt", "Only checked\nSummary\nText."), File("b.txt", "bad")], Stream.Null);

        Assert.Equal(new ImportedItem(null, Path.Combine(Folder, "a.txt"), "Only checked", null), Assert.Single(report.Items));
        Assert.Single(report.Rejected);
        Assert.Contains(report.Warnings, w => w.Message.Contains("no reader gets the item", StringComparison.Ordinal));
        Assert.Equal(before, (await Items.ListAsync(archived: false, 1000)).Count);
    }

    [Fact]
    public async Task An_item_without_Best_for_comes_in_with_a_warning_and_is_no_candidate_until_it_gets_roles()
    {
        var report = await ImportAsync(File("a.txt", Text().Replace("Best for: CTO, AI Engineer\n", "", StringComparison.Ordinal)));

        var id = Assert.Single(report.Items).Id!.Value;
        Assert.Contains("no reader gets the item", Assert.Single(report.Warnings).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await CandidatesAsync(), c => c.ItemId == id);

        await Items.AddLabelsAsync(id, ["CTO"]);
        Assert.Contains(await CandidatesAsync(), c => c.ItemId == id);
    }

    [Fact]
    public async Task Unknown_labels_are_kept_warned_of_and_wait_in_the_review()
    {
        var report = await ImportAsync(File("a.txt", Text().Replace("CTO, AI Engineer", "Grand Zamboni Whisperer, CTO", StringComparison.Ordinal)));

        Assert.Contains("Grand Zamboni Whisperer", Assert.Single(report.Warnings).Message, StringComparison.Ordinal);
        var item = await ItemAsync(Assert.Single(report.Items).Id!.Value);
        Assert.Equal(["Grand Zamboni Whisperer", "CTO"], item.BestFor.Select(l => l.Label));
        Assert.Empty(item.BestFor[0].Roles);
        Assert.Equal(["cto"], item.BestFor[1].Roles);
        Assert.Contains((await Labels.ReviewAsync(100)).Labels, l => l is { Text: "Grand Zamboni Whisperer", Items: 1 });

        await Labels.TeachAsync("Grand Zamboni Whisperer", ["cto"], "test");
        Assert.Equal(["cto"], (await ItemAsync(item.Id)).BestFor[0].Roles);
    }

    [Theory]
    [InlineData("For AI/ML Directors evaluating strategy, this matters.", "AI/ML Directors")]
    [InlineData("- For AI/ML Directors, this matters.", "AI/ML Directors")]
    [InlineData("for CTOs: this matters.", "CTO")]
    [InlineData("For teams building search, this matters.", null)]
    [InlineData("For example, CTOs may like it.", null)]
    [InlineData("This is for CTOs.", null)]
    [InlineData("Forget CTOs.", null)]
    [InlineData("For", null)]
    [InlineData("For ,;: !", null)]
    public async Task The_start_of_the_key_takeaway_gives_the_role_it_is_addressed_to(string takeaway, string? label)
    {
        var id = await ImportedAsync($"Addressed {Guid.NewGuid()}\nKey takeaway\n{takeaway}\nBest for: PM");

        var addressed = (await ItemAsync(id)).AddressedTo;
        Assert.Equal(label, addressed?.Label);
        Assert.True(addressed is null || addressed.Roles.Count > 0);
    }

    /// <summary>Letters that grow when they are normalised: what fits a limit before need not after.</summary>
    [Theory]
    [InlineData('\u0958')]
    [InlineData('\uFDFA')]
    [InlineData('\uFFFF')]
    public async Task Strange_letters_stop_nobody_else(char letter)
    {
        var (run, other) = (new string(letter, 199), $"Other {Guid.NewGuid()}");
        var report = await ImportAsync(
            File("1.txt", $"t {run}\nKey takeaway\nFor {run} x\nBest for: CTO"), File("2.txt", $"u {letter}\nSummary\ns\nBest for: a{run}"),
            File("3.txt", Text(other)));

        Assert.Equal(3, report.Items.Count + report.Rejected.Count);
        Assert.Contains(report.Items, i => i.Title == other);
    }

    [Fact]
    public async Task A_rejected_item_leaves_nothing_behind()
    {
        var report = await ImportAsync(File("a.jsonl",
            $$"""
            {"title":"Too long a label","summary":"s","bestFor":["Left Behind Keeper","{{new string('x', 300)}}"]}
            {"title":"Good neighbour","summary":"s","bestFor":["CTO"]}
            """));

        Assert.Equal(1, Assert.Single(report.Rejected).Line);
        Assert.Equal("Good neighbour", Assert.Single(report.Items).Title);
        Assert.DoesNotContain((await Labels.ReviewAsync(100)).Labels, l => l.Text.Contains("Left Behind", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_address_is_the_same_item_however_it_is_written()
    {
        static string Json(string url, string summary) => $$"""{"title":"By address","url":"{{url}}","summary":"{{summary}}","bestFor":["CTO"]}""";
        var report = await ImportAsync(File("a.jsonl", $"""
            {Json("https://Example.com/lift/?utm_source=x#top", "s")}
            {Json("https://example.com/lift", "s")}
            {Json("https://Example.com/lift/?fbclid=1#top", "another")}
            {Json("https://example.com/stairs", "s")}
            """));

        Assert.Equal([ItemChange.Imported, ItemChange.Unchanged, ItemChange.Updated, ItemChange.Imported], report.Items.Select(i => i.Change!.Value));
        Assert.Equal(2, report.Items.Select(i => i.Id).Distinct().Count());
    }

    [Fact]
    public async Task Without_an_address_title_and_publication_make_the_item()
    {
        var title = $"By title {Guid.NewGuid()}";
        var report = await ImportAsync(
            File("1.txt", Text(title)), File("2.txt", Text("  " + title.ToUpperInvariant())),
            File("3.txt", Text(title).Replace("The Slow Wire", "The Fast Wire", StringComparison.Ordinal)));

        Assert.Equal([ItemChange.Imported, ItemChange.Updated, ItemChange.Imported], report.Items.Select(i => i.Change!.Value));
    }

    [Fact]
    public async Task Many_imports_of_one_article_at_once_make_one_item()
    {
        for (var round = 0; round < 10; round++)
        {
            var content = Article.Content(Text());
            var saved = await AtOnceAsync(_ => Items.SaveAsync(content));

            Assert.Single(saved.Select(s => s.Id).Distinct());
            Assert.Single(saved, s => s.Change == ItemChange.Imported);
            Assert.All(saved, s => Assert.NotEqual(ItemChange.Updated, s.Change));
        }
    }

    [Fact]
    public async Task Imports_at_once_do_not_wait_for_each_others_labels_in_a_circle()
    {
        for (var round = 0; round < 10; round++)
        {
            // Labels nobody has seen yet: one import meets the two in one order, the other in the other.
            string[] labels = [$"Keeper {round} of Left", $"Keeper {round} of Right"];
            var saved = await AtOnceAsync(i => Items.SaveAsync(Article.Content(Text()) with { BestFor = [labels[i % 2]], AddressedTo = labels[1 - i % 2] }));

            Assert.Equal(saved.Length, saved.Select(s => s.Id).Distinct().Count());
        }
    }

    /// <summary>All start at the same moment.</summary>
    private static async Task<T[]> AtOnceAsync<T>(Func<int, Task<T>> work)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await start.Task;
            return await work(i);
        }));
        start.SetResult();
        return await all;
    }
}
