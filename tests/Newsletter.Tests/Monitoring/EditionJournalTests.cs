using System.Reflection;
using Microsoft.Extensions.Logging;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;
using Newsletter.Monitoring;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Monitoring;

public sealed class EditionJournalTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    private LogLines Log => house.Logs;

    public Task InitializeAsync() => house.InitializeWithReaderAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task An_edition_says_begun_paused_resumed_and_finished_with_its_account_each_once()
    {
        await house.ReaderAsync("slow@example.com", "CTO");
        await house.ReaderAsync("bad@example.com", "CTO");
        house.Faults.On(Step.Rcpt, new Deed.Reply(451, "4.7.1 <slow@example.com> greylisted"), recipient: "slow@example.com", times: 1);
        house.Faults.On(Step.Rcpt, new Deed.Reply(550, "5.1.1 <bad@example.com> unknown"), recipient: "bad@example.com");
        var edition = await house.StartAsync();
        await house.Get<EditionSteps>().PauseAsync(edition, "anna@example.com");
        await house.Get<EditionSteps>().ResumeAsync(edition, "cli");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(house.Get<EditionJournal>().WriteAsync)));
        await house.RunAsync(edition);
        house.Time.Advance(TimeSpan.FromMinutes(2));
        await house.RunAsync(edition);

        Assert.Equal([1001, 1002, 1004], Log.All.Where(line => line.Number is 1001 or 1002 or 1004).Select(line => line.Number).Order());
        Assert.Equal(("weekly", 3, "test"), (Log.Of(1001)[0].Fields["Digest"], Log.Of(1001)[0].Fields["Readers"], Log.Of(1001)[0].Fields["By"]));
        Assert.Equal(("an editor", "cli"), (Log.Of(1002)[0].Fields["By"], Log.Of(1004)[0].Fields["By"]));
        Assert.Equal(
            [("deferred", "451 4.7.1", 1L), ("failed", "550 5.1.1", 1L)],
            Log.Of(1010).Select(line => ((string)line.Fields["Outcome"]!, (string)line.Fields["Class"]!, (long)line.Fields["Count"]!)).Order());
        var end = Assert.Single(Log.Of(1006)).Fields;
        Assert.Equal((3L, 2L, 1L, 0L, 0L, 0L), (end["Planned"], end["Sent"], end["Failed"], end["Uncertain"], end["Skipped"], end["Deferred"]));
        Assert.Equal((120.0, 0.0), (end["Seconds"], end["MessagesPerSecond"]));
        Assert.All(Log.All, line => Assert.DoesNotContain("@example.com", line.Text));
    }

    [Fact]
    public async Task A_worker_writes_what_was_done_elsewhere_while_nothing_is_sent()
    {
        var edition = await house.StartAsync();
        await house.Get<EditionSteps>().CancelAsync(edition, "cli");
        await house.Get<DueEditions>().StartAsync();
        await house.Get<DueEditions>().StartAsync();

        Assert.Equal(edition, Assert.Single(Log.Of(1005)).Fields["Edition"]);
        Assert.Equal("approved", Assert.Single(Log.Of(1008)).Fields["Step"]);
    }

    [Fact]
    public async Task What_an_edition_waits_for_is_said_once()
    {
        house.Faults.On(Step.Connect, new Deed.Drop());
        var edition = await house.StartAsync();
        for (var minute = 0; minute < 3; minute++)
        {
            await Assert.ThrowsAsync<Refusal>(() => house.RunAsync(edition));
        }

        Assert.Single(Log.Of(1009));
        Assert.Single(Log.Of(2001));
    }

    [Fact]
    public async Task Every_line_is_in_the_documentation()
    {
        var documented = await File.ReadAllTextAsync(Path.Combine(Repository.Top, "docs", "operating.md"));
        var lines = typeof(EditionJournal).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => (method.Name, Line: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(method => method.Line is not null)
            .ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains($"| {line.Line!.EventId} | {line.Name} | {line.Line.Level} |", documented));
    }
}
