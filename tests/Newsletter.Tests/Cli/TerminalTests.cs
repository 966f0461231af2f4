using System.Text.Json;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Cli;

/// <summary>What people typed, on its way back to a terminal: shown, and never obeyed.</summary>
public sealed class TerminalTests : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Hostile = "\u001b]0;owned\u0007\u001b[31mred\u009b2J \u202egnp.exe\u202c\u2066x";
    private const string Shown = @"\u001b]0;owned\u0007\u001b[31mred\u009b2J \u202egnp.exe\u202c\u2066x";

    private readonly TestDatabase database;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-terminal-");

    public TerminalTests(TestDatabase database) => this.database = database;

    public Task InitializeAsync() => database.ResetAsync(migrated: true);

    public Task DisposeAsync()
    {
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    public static TheoryData<string, int, string[]> Commands => new()
    {
        { "a word that is no command", 2, [Hostile] },
        { "an option that is none", 2, ["items", "--" + Hostile] },
        { "a value that an option does not take", 2, ["items", "list", "-o", Hostile] },
        { "a number that is none", 2, ["items", "show", Hostile] },
        { "a name that nobody has", 4, ["digests", "show", Hostile] },
        { "a role that is none", 0, ["roles", "resolve", Hostile] },
        { "a path", 4, ["subscribers", "import", Hostile] },
        { "a path of articles", 3, ["items", "import", Hostile] },
        { "a path that is written", 4, ["subscribers", "export", "nowhere/" + Hostile] },
        { "a setting", 3, ["doctor", "--Dkim:KeyFile", Hostile] },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_word_on_the_command_line_is_shown_escaped(string what, int exitCode, string[] words)
    {
        var run = await RunAsync("", words);

        Assert.True(exitCode == run.ExitCode, $"{what}: {run.ExitCode}, {run.Error}");
        AssertTame(run);
    }

    [Fact]
    public async Task What_a_file_holds_is_shown_escaped_and_given_to_machines_whole()
    {
        string[] bestFor = ["Keeper " + Hostile];
        var json = JsonSerializer.Serialize(new { title = "T " + Hostile, summary = Hostile, bestFor });

        AssertTame(await RunAsync("email," + Hostile + "\nx@example.org,y\n", "subscribers", "import", "-", "--consent", "fair"));
        AssertTame(await RunAsync("email,name\nx@example.org," + Hostile + "\n", "subscribers", "import", "-", "--consent", "fair"));
        AssertTame(await RunAsync("email,topics\nx@example.org,\u202egnp.exe\n", "subscribers", "import", "-", "--consent", "fair"));
        AssertTame(await RunAsync("", "subscribers", "show", "x@example.org"));
        AssertTame(await RunAsync("", "subscribers", "show", "x@example.org", "-o", "json"));
        AssertTame(await RunAsync(json, "items", "import", "-"));
        AssertTame(await RunAsync("", "items", "list"));
        var shown = await RunAsync("", "items", "show", "1");
        AssertTame(shown);
        Assert.Contains(@"\u202egnp.exe\u202c\u2066x", shown.Output, StringComparison.Ordinal);
        var machine = await RunAsync("", "items", "show", "1", "-o", "json");
        AssertTame(machine);
        Assert.EndsWith("\u202egnp.exe\u202c\u2066x", machine.Json.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escaped_is_what_steers_and_nothing_else()
    {
        var run = await RunAsync("", "digests", "show", Hostile + " Zoë 数据 👩\u200d💻");

        Assert.Contains(Shown + " Zoë 数据 👩\u200d💻", run.Error, StringComparison.Ordinal);
    }

    private static void AssertTame(CliRun run)
    {
        Assert.NotEqual("", run.Output + run.Error);
        Assert.DoesNotContain(run.Output + run.Error,
            c => (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\u202e' or '\u202c' or '\u2066');
    }

    private Task<CliRun> RunAsync(string input, params string[] words) => CliRun.OfAsync(
        new Dictionary<string, string> { ["ConnectionStrings:Newsletter"] = database.ConnectionString, ["Data:Directory"] = folder.FullName },
        words, input);
}
