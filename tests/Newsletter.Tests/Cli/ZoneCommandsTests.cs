using Newsletter.Tests.Support;

namespace Newsletter.Tests.Cli;

/// <summary>The real program on a machine that has time zones, and on one that has none: <c>TZDIR</c> names an empty folder.</summary>
public sealed class ZoneCommandsTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-zones-");

    public async Task InitializeAsync() => await database.ResetAsync(migrated: true);

    public Task DisposeAsync()
    {
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_zone_that_is_no_place_is_refused_with_what_to_write()
    {
        var refused = await RunAsync("subscribers", "add", "a@example.com", "--timezone", "CET");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("write the place, such as Europe/Berlin or Europe/Paris.", refused.Error);
        var digest = await RunAsync("digests", "create", "weekly", "--name", "Weekly", "--timezone", "UTC+1");
        Assert.Equal(3, digest.ExitCode);
        Assert.Contains("or Etc/GMT-1 for clocks that never change.", digest.Error);
        var taken = await GoodAsync("subscribers", "add", "a@example.com", "--timezone", "us/eastern", "-o", "json");
        Assert.Equal("America/New_York", taken.Json.GetProperty("preferences").GetProperty("timezone").GetString());
    }

    [Fact]
    public async Task A_machine_without_time_zones_says_so_and_keeps_readers_hours()
    {
        await GoodAsync("items", "import", SampleItem());
        await GoodAsync("digests", "create", "berlin", "--name", "Berlin", "--cron", "0 8 * * MON", "--timezone", "Europe/Berlin");
        await GoodAsync("digests", "create", "utc", "--name", "UTC", "--cron", "0 0 1 1 *");
        Assert.Matches("time zones +good", (await RunAsync("doctor")).Output);
        // Nothing of the machine's is asked for names.
        var bare = await BareAsync(
            "subscribers", "add", "b@example.com", "--timezone", "W. Europe Standard Time", "--hour", "18", "--role", "CTO", "--confirmed", "-o", "json");
        Assert.Equal("Europe/Berlin", bare.Json.GetProperty("preferences").GetProperty("timezone").GetString());
        await ExecuteAsync(
            """
            insert into subscribers (email, email_key, status, timezone, created_at, confirmed_at)
            values ('m@example.com', 'm', 'confirmed', 'Mars/Olympus', now(), now())
            """);

        var doctor = await BareAsync("doctor");
        Assert.Equal(3, doctor.ExitCode);
        Assert.Contains(
            "This machine does not know the time zones of 2 readers (Europe/Berlin 1, Mars/Olympus 1) "
            + "and 1 digest, which cannot be planned (berlin Europe/Berlin); "
            + "UTC applies to 1 reader in zones without an IANA name until 'newsletter subscribers edit' sets another zone; "
            + "the time zone rules of this program apply to the other readers until the machine's time zone package (tzdata) is installed.", doctor.Output);
        foreach (var words in (string[][])[["digests", "list"], ["digests", "show", "berlin"]])
        {
            var shown = await BareAsync(words);
            Assert.Equal(0, shown.ExitCode);
            Assert.Contains("warning: berlin cannot be planned: This machine does not know the time zone Europe/Berlin: install", shown.Error);
        }
        var refused = await BareAsync("editions", "plan", "berlin");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("This machine does not know the time zone Europe/Berlin", refused.Error);
        Assert.Equal(3, (await BareAsync("digests", "create", "paris", "--name", "Paris", "--timezone", "Europe/Paris")).ExitCode);

        var planned = await BareAsync("editions", "plan", "utc");
        Assert.Equal(0, planned.ExitCode);
        Assert.Contains("readers with an unknown time zone, planned as UTC: 1;", planned.Error);
        await BareAsync("editions", "schedule", planned.Output.Trim(), "--at", "2031-07-01T03:00Z");
        // 18:00 in Berlin, in summer: 16:00 UTC.
        Assert.Equal(new DateTime(2031, 7, 1, 16, 0, 0), await ScalarAsync("select due_at from deliveries where due_at is not null"));
    }

    private string SampleItem()
    {
        var path = Path.Combine(folder.FullName, "article.txt");
        File.WriteAllText(path, "Plans that bend\nSummary\nA plan is a guess with a date.\nBest for: CTO\n");
        return path;
    }

    private Dictionary<string, string> Settings => new()
    {
        ["ConnectionStrings:Newsletter"] = database.ConnectionString,
        ["Site:PublicUrl"] = "https://news.example.com",
        ["Site:SigningKeys:0"] = "a key for tests, and for nothing else",
        ["Sender:Address"] = "news@example.com",
        ["Sender:PostalAddress"] = "1 Test Street, 12345 Example",
        ["Smtp:Host"] = "127.0.0.1",
        ["Smtp:Port"] = "1",
        ["Data:Directory"] = folder.FullName,
    };

    private Task<CliRun> RunAsync(params string[] words) => CliRun.OfAsync(Settings, words);

    private Task<CliRun> BareAsync(params string[] words)
    {
        var empty = folder.CreateSubdirectory("no-zones");
        return CliRun.OfAsync(new Dictionary<string, string>(Settings) { ["TZDIR"] = empty.FullName }, words);
    }

    private async Task<CliRun> GoodAsync(params string[] words)
    {
        var run = await RunAsync(words);
        Assert.True(run.ExitCode == 0, $"'{string.Join(' ', words)}' ended with {run.ExitCode}: {run.Error}");
        return run;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
