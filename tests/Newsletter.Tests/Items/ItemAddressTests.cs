using System.Text.Json;
using Newsletter.Items;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Items;

/// <summary>Addresses as they are linked to, and which of them are one article.</summary>
public sealed class ItemAddressTests(TestDatabase database) : ItemsTest(database)
{
    private readonly string host = $"https://h{Guid.NewGuid():N}.example.org";

    [Fact]
    public async Task Sections_of_one_page_are_articles_of_their_own_and_so_are_pages_of_an_application()
    {
        var file = File("a.jsonl", string.Join('\n',
            Json("Release notes of spring", "/changelog#v2", "Spring brought a new scheduler and a calmer retry policy for queues."),
            Json("Hiring in a small town", "/changelog#v3", "A bakery chain taught six people to label images and kept all of them."),
            Json("A page of one app", "/#/posts/42", "Forty two lessons of a rollout that went slowly on purpose."),
            Json("Another page of that app", "/#/posts/43", "What the warehouse learned from sensors that lied about the frost."),
            Json("An older page of that app", "/#!posts/43", "Doors that count people were found to count dogs as well.")));

        var report = await ImportAsync(file);

        Assert.All(report.Items, item => Assert.Equal(ItemChange.Imported, item.Change));
        Assert.Empty(Told(report));
        var items = await ItemsOf(report);
        Assert.Equal(
            ["/changelog#v2", "/changelog#v3", "/#/posts/42", "/#/posts/43", "/#!posts/43"], items.Select(item => item.Content.Url![host.Length..]));
        Assert.All(items, item => Assert.Empty(item.Story));
        Assert.All((await ImportAsync(file)).Items, item => Assert.Equal(ItemChange.Unchanged, item.Change));
    }

    [Theory]
    [InlineData("/lift/", "/lift")]
    [InlineData("/lift", "/lift/?utm_source=x")]
    [InlineData("/lift#top", "/lift")]
    [InlineData("/lift/", "/lift#comments")]
    [InlineData("", "/")]
    public async Task A_final_slash_and_a_fragment_make_no_other_article_of_the_same_text(string first, string second)
    {
        var report = await ImportAsync(File("a.jsonl", Json("The lift", first, "It waits.") + "\n" + Json("The lift", second, "It waits.")));

        Assert.Equal([ItemChange.Imported, ItemChange.Unchanged], report.Items.Select(item => item.Change!.Value));
        Assert.Equal(ItemUrl.Clean(host + first), (await ItemsOf(report))[1].Content.Url);

        // What is said about it is not its text.
        report = await ImportAsync(File("b.jsonl", Json("The lift", second, "It waits.", "PM")));
        Assert.Equal(ItemChange.Updated, Assert.Single(report.Items).Change);
    }

    [Theory]
    [InlineData("/lift", "/lift/")]
    [InlineData("/lift#a", "/lift#b")]
    [InlineData("/lift", "/lift#b")]
    [InlineData("/lift#/a", "/lift#/b")]
    [InlineData("/lift#/a", "/lift")]
    [InlineData("/lift#!a", "/lift#/a")]
    public async Task Another_title_at_another_fragment_or_slash_is_another_article(string first, string second)
    {
        var report = await ImportAsync(
            File("a.jsonl", Json("The lift", first, "It waits.") + "\n" + Json("A stair in Spain", second, "It creaks at noon.")));

        Assert.Equal([ItemChange.Imported, ItemChange.Imported], report.Items.Select(item => item.Change!.Value));
        Assert.DoesNotContain(report.Warnings, w => w.Message.Contains("until now", StringComparison.Ordinal));
    }

    /// <summary>An old address that turned out to be whole is compared as exactly as a new one.</summary>
    [Fact]
    public async Task An_old_address_that_an_import_confirmed_is_not_taken_for_another()
    {
        var old = File("a.jsonl", Json("The lift", "/lift", "It waits."));
        var id = Assert.Single((await ImportAsync(old)).Items).Id;
        await using (var command = Database.DataSource.CreateCommand($"update items set address_altered = true where id = {id}"))
        {
            await command.ExecuteNonQueryAsync();
        }

        Assert.Equal(ItemChange.Unchanged, Assert.Single((await ImportAsync(old)).Items).Change);
        var other = Assert.Single((await ImportAsync(File("b.jsonl", Json("Hiring in a small town", "/lift/", "It creaks at noon.")))).Items);
        Assert.Equal(ItemChange.Imported, other.Change);
        Assert.NotEqual(id, other.Id);
    }

    [Theory]
    [InlineData("/lift#/a", "/lift#/b")]
    [InlineData("/lift#!/a", "/lift")]
    public async Task Pages_of_an_application_are_never_one_also_with_the_same_text(string first, string second)
    {
        var report = await ImportAsync(File("a.jsonl", Json("The lift", first, "It waits.") + "\n" + Json("The lift", second, "It waits.")));

        Assert.Equal([ItemChange.Imported, ItemChange.Imported], report.Items.Select(item => item.Change!.Value));
    }

    [Theory]
    [InlineData("Hiring in a small town", true)]
    [InlineData("The lift that called itself back", false)]
    public async Task An_update_with_another_title_altogether_warns(string title, bool warns)
    {
        var first = Assert.Single((await ImportAsync(File("a.jsonl", Json("The lift that called itself", "/lift", "It waits.")))).Items);
        var changed = File("b.jsonl", Json(title, "/lift", "It waits."));

        var check = await Import.CheckAsync([changed], Stream.Null);
        var report = await ImportAsync(changed);

        Assert.Equal((first.Id, ItemChange.Updated), Assert.Single(report.Items) is var item ? (item.Id, item.Change!.Value) : default);
        const string Warning = "the item with this URL was called 'The lift that called itself' until now: "
            + "if this is another article, give it its own URL";
        Assert.Equal(warns ? [Warning] : [], Told(report));
        Assert.Equal(warns ? [Warning] : [], Told(check));
    }

    [Theory]
    [InlineData("https://e.org/a/?utm_source=x&id=7#part", "https://e.org/a/?id=7#part")]
    [InlineData("https://e.org/a#utm_source=x&utm_medium=y", "https://e.org/a")]
    [InlineData("https://e.org/#/posts/42?utm_source=x&tab=2", "https://e.org/#/posts/42?tab=2")]
    [InlineData("https://e.org/#/posts/42/?fbclid=x", "https://e.org/#/posts/42/")]
    [InlineData("https://e.org/a#:~:text=so%20far", "https://e.org/a#:~:text=so%20far")]
    [InlineData("https://e.org/a#", "https://e.org/a")]
    [InlineData("https://e.org/a#\u00fc", "https://e.org/a#%C3%BC")]
    [InlineData("https://e.org", "https://e.org/")]
    public void An_address_loses_what_only_tells_who_linked(string url, string clean) => Assert.Equal(clean, ItemUrl.Clean(url));

    [Fact]
    public async Task An_item_stored_with_an_altered_address_is_known_again_and_its_link_is_put_right()
    {
        var report = await ImportAsync(File("a.jsonl", string.Join('\n', Contents("").Select(c => Json(c.Title, c.Url, c.Summary)))));
        var before = await ItemsOf(report);
        await ForgetAddressesAsync();
        var original = File("b.jsonl", string.Join('\n', Contents("original").Select(c => Json(c.Title, c.Url, c.Summary))));

        var again = await ImportAsync(original);

        Assert.Empty(Told(again));
        Assert.All(again.Items, item => Assert.Equal(ItemChange.Unchanged, item.Change));
        Assert.Equal(before.Select(item => item.Id), again.Items.Select(item => item.Id!.Value));
        var after = await ItemsOf(again);
        Assert.Equal(["/wordpress/", "/changelog#v3", "/#/posts/43", "/bare"], after.Select(item => item.Content.Url![host.Length..]));
        // What was sent still is what it was.
        var sent = await Items.RevisionsAsync([.. before.Select(item => item.RevisionId)]);
        Assert.Equal(before.Select(item => item.Content.Url), before.Select(item => sent[item.RevisionId].Url));

        // And once more: nothing at all happens.
        Assert.All((await ImportAsync(original)).Items, item => Assert.Equal(ItemChange.Unchanged, item.Change));
        Assert.Equal(after.Select(item => item.RevisionId), (await ItemsOf(again)).Select(item => item.RevisionId));
        // What the old rule made one item of two is two again.
        var other = await ImportAsync(File("c.jsonl", Json("What came in spring", "/changelog#v2", "A scheduler.")));
        Assert.Equal(ItemChange.Imported, Assert.Single(other.Items).Change);
    }

    [Fact]
    public async Task An_edit_of_an_item_that_lost_its_slash_is_an_update()
    {
        var first = await ImportAsync(File("a.jsonl", Json("The lift", "/lift", "It waits.")));
        await ForgetAddressesAsync();

        var edited = Assert.Single((await ImportAsync(File("b.jsonl", Json("The lift again", "/lift/", "It waited.")))).Items);

        Assert.Equal((first.Items[0].Id, ItemChange.Updated), (edited.Id, edited.Change!.Value));
        Assert.Equal(host + "/lift/", (await ItemAsync(edited.Id!.Value)).Content.Url);
    }

    /// <summary>As the old rule made them of the originals.</summary>
    private static IEnumerable<(string Title, string Url, string Summary)> Contents(string form) =>
    [
        ("A plan that bends", form == "original" ? "/wordpress/" : "/wordpress", "A plan is a guess with a date."),
        ("Hiring in a small town", form == "original" ? "/changelog#v3" : "/changelog", "Six people label images."),
        ("Another page of that app", form == "original" ? "/#/posts/43" : "", "Sensors lied about the frost."),
        ("Of no slash at all", "/bare", "Nothing was lost."),
    ];

    private async Task ForgetAddressesAsync()
    {
        // The front page had no slash in the old form.
        await using var command = Database.DataSource.CreateCommand(
            """
            update items set key = rtrim(key, '/'), page = rtrim(page, '/'), address_altered = true where key like $1;
            """);
        command.Parameters.AddWithValue($"url:{host}%");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Not what the linter says of the text.</summary>
    private static IEnumerable<string> Told(ItemImportReport report) =>
        report.Warnings.Select(w => w.Message).Where(m => m.Contains("item", StringComparison.Ordinal));

    private string Json(string title, string url, string summary, string role = "CTO") =>
        JsonSerializer.Serialize(new { title, url = host + url, summary, bestFor = new[] { role }, topics = new[] { "Chips" } });

    private async Task<List<Item>> ItemsOf(ItemImportReport report)
    {
        var items = new List<Item>();
        foreach (var item in report.Items)
        {
            items.Add(await ItemAsync(item.Id!.Value));
        }
        return items;
    }
}
