using Newsletter.Accounts;
using Newsletter.Database;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Cli;

public sealed class EditorCommandsTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task An_editor_is_invited_promoted_disabled_enabled_and_removed()
    {
        var link = await GoodAsync("add", "Op@example.com", "--permission", "operator");
        Assert.Equal("Op@example.com", link.Json.GetProperty("email").GetString());
        await UseAsync(link);
        await UseAsync(await GoodAsync("add", "ed@example.com"));

        var listed = await GoodAsync("list");
        Assert.Equal(["ed@example.com editor True", "Op@example.com operator True"], listed.Json.EnumerateArray().Select(e =>
            $"{e.GetProperty("email").GetString()} {e.GetProperty("permission").GetString()} {e.GetProperty("hasPassword").GetBoolean()}"));
        Assert.DoesNotContain("stamp", listed.Output);

        Assert.Equal("operator", (await GoodAsync("permission", "ed@example.com", "operator")).Json.GetProperty("permission").GetString());
        // A new link for an existing editor does not change their permission.
        await GoodAsync("add", "ed@example.com");
        await UseAsync(await GoodAsync("link", "ED@example.com"));
        Assert.Equal("operator", (await GoodAsync("permission", "ed@example.com", "operator")).Json.GetProperty("permission").GetString());
        Assert.Equal("editor", (await GoodAsync("permission", "op@example.com", "editor")).Json.GetProperty("permission").GetString());
        Assert.EndsWith("Z", (await GoodAsync("disable", "op@example.com")).Json.GetProperty("disabledAt").GetString());
        Assert.Contains("is disabled", (await BadAsync(5, "link", "op@example.com")).Error);
        Assert.Equal("Op@example.com may sign in.\n", (await RunAsync("enable", "op@example.com")).Output);
        Assert.Equal("Op@example.com", (await GoodAsync("remove", "op@example.com")).Json.GetProperty("email").GetString());
        Assert.Equal(1, (await GoodAsync("list")).Json.GetArrayLength());
        var entry = Assert.Single(await house.Get<AuditStore>().LatestAsync(1));
        Assert.Equal(("cli", "editor removed", "Op@example.com, editor"), (entry.Actor, entry.Action, entry.Subject));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_in_a_sentence()
    {
        await UseAsync(await GoodAsync("add", "op@example.com", "--permission", "operator"));
        foreach (var words in (string[][])
            [
                ["disable", "op@example.com"], ["remove", "op@example.com"], ["permission", "op@example.com", "editor"],
                ["add", "op@example.com", "--permission", "editor"],
            ])
        {
            Assert.StartsWith("op@example.com is the last operator who can sign in: ", (await BadAsync(5, words)).Error);
        }
        foreach (var verb in (string[])["disable", "enable", "remove", "link"])
        {
            Assert.StartsWith("no@example.com is not an editor: ", (await BadAsync(4, verb, "no@example.com")).Error);
        }
        Assert.Contains("no @", (await BadAsync(3, "disable", "nobody")).Error);
        await BadAsync(2, "permission", "op@example.com", "admin");
    }

    private async Task UseAsync(CliRun link)
    {
        var token = new Uri(link.Json.GetProperty("url").GetString()!).Segments[^1];
        await house.Get<SetupLinks>().UseAsync(token, null, "correct horse battery");
    }

    private async Task<CliRun> GoodAsync(params string[] words)
    {
        var run = await RunAsync([.. words, "-o", "json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    private async Task<CliRun> BadAsync(int exitCode, params string[] words)
    {
        var run = await RunAsync(words);
        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}: {run.Error}");
        return run;
    }

    private Task<CliRun> RunAsync(params string[] words) => CliRun.OfAsync(house.Configuration, ["editors", .. words]);
}
