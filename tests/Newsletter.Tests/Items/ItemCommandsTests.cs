using System.Text.Json;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Items;

/// <summary>The command line as a process: exit codes, and what machines read.</summary>
public sealed class ItemCommandsTests(TestDatabase database) : ItemsTest(database)
{
    [Theory]
    [InlineData("import")]
    [InlineData("check")]
    public async Task The_exit_code_tells_whether_all_some_or_none_came_in(string command)
    {
        var (good, bad) = (File("good.txt", Text()), File("bad.txt", "Nothing of it"));

        Assert.Equal(0, (await RunAsync("", "items", command, good)).ExitCode);
        Assert.Equal(7, (await RunAsync("", "items", command, good, bad)).ExitCode);
        var none = await RunAsync("", "items", command, bad, Path.Combine(Folder, "nowhere"));
        Assert.Equal(3, none.ExitCode);
        Assert.Contains("bad.txt:1: rejected: there is no known section", none.Error, StringComparison.Ordinal);
        Assert.Contains("nowhere: rejected: there is no such file or folder", none.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("", "items", command)).ExitCode);
    }

    [Fact]
    public async Task Import_tells_machines_what_it_did()
    {
        var good = File("good.txt", Text("Told to machines").Replace("CTO", "Master of Nought", StringComparison.Ordinal));

        var result = await RunAsync(Text("From standard input"), "items", "import", good, "-", File("bad.txt", "Title\nText"), "-o", "json");

        var report = result.Json;
        Assert.Equal(["imported", "unchanged", "updated", "items", "rejected", "warnings"], Names(report));
        Assert.Equal(
            (2, 0, 0),
            (report.GetProperty("imported").GetInt32(), report.GetProperty("unchanged").GetInt32(), report.GetProperty("updated").GetInt32()));
        Assert.Equal(["id", "path", "title"], Names(report.GetProperty("items")[0]));
        Assert.Equal("-", report.GetProperty("items")[1].GetProperty("path").GetString());
        Assert.Equal(["path", "line", "reason"], Names(report.GetProperty("rejected")[0]));
        Assert.Equal(["path", "line", "message"], Names(report.GetProperty("warnings")[0]));
        Assert.Equal(1, (await RunAsync("", "items", "import", good, "-o", "json")).Json.GetProperty("unchanged").GetInt32());

        var check = (await RunAsync("", "items", "check", good, "-o", "json")).Json;
        Assert.Equal(0, check.GetProperty("imported").GetInt32());
        Assert.Equal(JsonValueKind.Null, check.GetProperty("items")[0].GetProperty("id").ValueKind);
    }

    [Fact]
    public async Task What_show_prints_can_be_imported_again_and_changes_nothing()
    {
        var id = await ImportedAsync(Text());

        var shown = await RunAsync("", "items", "show", $"{id}", "-o", "json");

        Assert.Equal(
            ["id", "title", "url", "summary", "keyTakeaway", "keyInsights", "principles", "method", "inPractice", "topics", "bestFor", "related",
             "curator", "publication", "credit", "addressedTo", "language", "publishedAt", "importedAt", "archivedAt", "story"], Names(shown.Json));
        var label = shown.Json.GetProperty("bestFor")[0];
        Assert.Equal(("CTO", "cto"), (label.GetProperty("label").GetString(), label.GetProperty("roles")[0].GetString()));
        Assert.Equal("AI/ML Directors", shown.Json.GetProperty("addressedTo").GetProperty("label").GetString());
        Assert.Equal(JsonValueKind.Null, shown.Json.GetProperty("url").ValueKind);
        var again = (await RunAsync(shown.Output, "items", "import", "-", "-o", "json")).Json;
        Assert.Equal((1, id), (again.GetProperty("unchanged").GetInt32(), again.GetProperty("items")[0].GetProperty("id").GetInt64()));
    }

    [Fact]
    public async Task A_section_that_was_not_there_is_null_or_empty()
    {
        var id = await ImportedAsync($"Bare {Guid.NewGuid()}\nMethod\nBy hand.");

        var shown = (await RunAsync("", "items", "show", $"{id}", "-o", "json")).Json;

        Assert.All(["url", "summary", "keyTakeaway", "curator", "publication", "credit", "addressedTo", "publishedAt"],
            name => Assert.Equal(JsonValueKind.Null, shown.GetProperty(name).ValueKind));
        Assert.All(["keyInsights", "principles", "inPractice", "topics", "bestFor", "related"],
            name => Assert.Equal(0, shown.GetProperty(name).GetArrayLength()));
    }

    [Fact]
    public async Task List_archive_and_roles_work_and_refuse_what_is_not_there()
    {
        var id = await ImportedAsync(Text("To be listed"));

        Assert.Contains("To be listed", (await RunAsync("", "items", "list")).Output, StringComparison.Ordinal);
        var listed = (await RunAsync("", "items", "list", "-o", "json")).Json.EnumerateArray().Single(item => item.GetProperty("id").GetInt64() == id);
        Assert.Equal(["id", "title", "bestFor", "importedAt", "archivedAt"], Names(listed));
        Assert.EndsWith("Z", listed.GetProperty("importedAt").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("", "items", "list", "--limit", "-1")).ExitCode);

        Assert.Contains("Nurse", (await RunAsync("", "items", "roles", $"{id}", "nurse")).Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, (await RunAsync("", "items", "show", "999999")).ExitCode);
        Assert.Equal(4, (await RunAsync("", "items", "roles", "999999", "CTO")).ExitCode);
        Assert.Equal(4, (await RunAsync("", "items", "archive", $"{id}", "0")).ExitCode);
        Assert.Null((await ItemAsync(id)).ArchivedAt);
        Assert.Equal(0, (await RunAsync("", "items", "archive", $"{id}")).ExitCode);
        Assert.NotNull((await ItemAsync(id)).ArchivedAt);
    }

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(property => property.Name)];

    private Task<CliRun> RunAsync(string input, params string[] words) =>
        CliRun.OfAsync(new Dictionary<string, string> { ["ConnectionStrings:Newsletter"] = Database.ConnectionString }, words, input);
}
