using System.Diagnostics;
using Newsletter.Addresses;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>What people do to an edition while it is being sent, slowly: about 200 mails a second.</summary>
public sealed class RunningEditionTests : IAsyncLifetime
{
    private const int Readers = 500;
    private readonly TestProduct house = new();
    private readonly FaultyRelay relay = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-running-");
    private SendingRun run = null!;
    private long edition;

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        house.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReadersAsync(Readers, "CTO");
        relay.Faults.On(Step.Dot, new Deed.Stall(TimeSpan.FromMilliseconds(20)));
        run = new SendingRun(house, relay.Settings(4));
        edition = await house.StartAsync();
    }

    public async Task DisposeAsync()
    {
        run.Dispose();
        await relay.DisposeAsync();
        await house.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Pausing_takes_effect_within_a_second_and_resuming_goes_on_where_it_stopped()
    {
        var running = run.RunAsync(edition);
        await relay.Mails.UntilAsync(100);
        await house.Get<EditionSteps>().PauseAsync(edition, "test");
        await Task.Delay(TimeSpan.FromSeconds(1));
        var stopped = relay.Mails.Total;
        await running;

        Assert.Equal(stopped, relay.Mails.Total);
        Assert.Equal(new Outcome(stopped, Due: Readers - stopped), await OutcomeAsync());
        Assert.InRange(stopped, 100, Readers - 1);

        await house.Get<EditionSteps>().ResumeAsync(edition, "test");
        await run.RunAsync(edition);
        await AllAreSentOnceAsync();
    }

    [Fact]
    public async Task Cancelling_skips_what_was_not_on_the_wire()
    {
        var running = run.RunAsync(edition);
        await relay.Mails.UntilAsync(100);
        await house.Get<EditionSteps>().CancelAsync(edition, "test");
        await running;

        var account = await house.AccountAsync(edition);
        Assert.Equal(new Outcome(relay.Mails.Total), Outcome.Of(account));
        Assert.Equal(Readers - relay.Mails.Total, account.Skipped);
        Assert.InRange(account.Skipped, 1, Readers - 100);
    }

    [Fact]
    public async Task Whoever_unsubscribes_or_is_suppressed_meanwhile_gets_nothing_later_than_a_second_after()
    {
        var leaving = await house.Get<SubscriberStore>().FindAsync(EmailAddress.Parse($"reader{Readers - 1}@example.com"));
        var running = run.RunAsync(edition);
        await relay.Mails.UntilAsync(100);
        await house.Get<Unsubscribing>().LeaveAsync(leaving!.Id);
        await house.Get<SuppressionStore>().AddAsync(EmailAddress.Parse($"reader{Readers - 2}@example.com"), "complained", "test");
        await running;

        Assert.Equal((Readers - 2, 2), ((await house.AccountAsync(edition)).Sent, (await house.AccountAsync(edition)).Skipped));
        Assert.Equal((0, 0), (relay.Mails.Of($"reader{Readers - 1}@example.com"), relay.Mails.Of($"reader{Readers - 2}@example.com")));
    }

    [Fact]
    public async Task A_connection_that_is_lost_for_good_leaves_its_mail_to_the_others()
    {
        // The last reader's; by then the others have nothing left to do.
        relay.Faults.On(Step.Rcpt, new Deed.Drop(), recipient: $"reader{Readers - 1}@example.com", times: 1);
        relay.Faults.On(Step.Connect, new Deed.Drop(), first: 5, times: 1);

        await run.RunAsync(edition);
        await run.RunAsync(edition);

        await AllAreSentOnceAsync();
    }

    [Fact]
    public async Task One_slow_answer_keeps_no_connection_from_another_edition()
    {
        relay.Faults.On(Step.Dot, new Deed.Stall(TimeSpan.FromSeconds(16)), recipient: "reader0@example.com", times: 1);
        await house.ArticleAsync("Security Engineer");
        await house.ReaderAsync("security@example.com", "Security Engineer");
        await house.DigestAsync(digest => digest with { Slug = "other" });
        var other = await house.StartAsync("other");
        var running = run.RunAsync(edition);
        await relay.Mails.UntilAsync(Readers - 1);

        var runningOther = run.RunAsync(other);
        while (!runningOther.IsCompleted)
        {
            Assert.False(running.IsCompleted);
            await Task.Delay(100);
            house.Time.Advance(TimeSpan.FromMilliseconds(100));
        }
        await runningOther;
        Assert.Equal((1, "sent"), (relay.Mails.Of("security@example.com"), await house.StateAsync(other)));

        await running;
        Assert.Equal(new Outcome(Readers), await OutcomeAsync());
    }

    [Fact]
    public async Task An_edition_that_is_refused_slowly_pauses_itself_over_several_runs_too()
    {
        relay.Faults.On(Step.Rcpt, new Deed.Stall(TimeSpan.FromMilliseconds(20)));
        relay.Faults.On(Step.Rcpt, new Deed.Reply(550, "5.0.0 no"));
        using (var stop = new CancellationTokenSource())
        {
            var running = run.RunAsync(edition, stop.Token);
            while ((await OutcomeAsync()).Failed < 60)
            {
                await Task.Delay(10);
            }
            await stop.CancelAsync();
            await running;
        }
        Assert.InRange((await OutcomeAsync()).Failed, 60, 99);

        await run.RunAsync(edition);

        Assert.Equal("paused", await house.StateAsync(edition));
        Assert.InRange((await OutcomeAsync()).Failed, 100, 110);
    }

    [Fact]
    public async Task A_process_told_to_end_drains_within_30_seconds_and_leaves_uncertain_only_what_the_server_never_answered()
    {
        relay.Faults.On(Step.Stored, new Deed.Stall(TimeSpan.FromHours(1)), recipient: "reader50@example.com");
        using var sender = CliRun.Start(Settings(), "editions", "send", $"{edition}", "--wait");
        await relay.Mails.UntilAsync(100);
        var told = Stopwatch.GetTimestamp();
        await Signal.SendAsync("TERM", sender);
        var end = await CliRun.EndAsync(sender);

        Assert.InRange(Stopwatch.GetElapsedTime(told).TotalSeconds, 0, 30);
        Assert.Equal(130, end.ExitCode);
        var stored = relay.Mails.Total;
        Assert.Equal(new Outcome(stored - 1, Uncertain: 1, Due: Readers - stored), await OutcomeAsync());
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from deliveries where state in ('claimed', 'sending')"));
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from senders"));
        Assert.InRange(stored, 100, Readers - 1);

        await run.RunAsync(edition);
        Assert.Equal((Readers, 0), (relay.Mails.Readers, relay.Mails.Duplicates));
    }

    [Fact]
    public async Task An_operator_settles_what_is_uncertain_one_by_one_or_all_also_of_an_edition_that_is_sent()
    {
        for (var i = 0; i < 4; i++)
        {
            relay.Faults.On(Step.Stored, new Deed.Drop(), recipient: $"reader{i}@example.com", times: 1);
        }
        await run.RunAsync(edition);
        Assert.Equal((new Outcome(Readers - 4, Uncertain: 4), "sent"), (await OutcomeAsync(), await house.StateAsync(edition)));

        Assert.StartsWith("1 settled.", await GoodAsync("settle", $"{edition}", "reader0@example.com", "--sent"));
        Assert.Equal((new Outcome(Readers - 3, Uncertain: 3), "sent"), (await OutcomeAsync(), await house.StateAsync(edition)));

        Assert.StartsWith("1 settled.", await GoodAsync("settle", $"{edition}", "reader1@example.com", "--resend"));
        Assert.Equal((new Outcome(Readers - 3, Uncertain: 2, Due: 1), "sending"), (await OutcomeAsync(), await house.StateAsync(edition)));
        Assert.Equal(7, (await CliRun.OfAsync(Settings(), ["editions", "send", $"{edition}", "--wait"])).ExitCode);
        Assert.Equal((new Outcome(Readers - 2, Uncertain: 2), "sent"), (await OutcomeAsync(), await house.StateAsync(edition)));
        Assert.Equal(
            (1, 2, 1, 1),
            (relay.Mails.Of("reader0@example.com"), relay.Mails.Of("reader1@example.com"),
                relay.Mails.Of("reader2@example.com"), relay.Mails.Of("reader3@example.com")));

        Assert.StartsWith("2 settled.", await GoodAsync("settle", $"{edition}", "--resend"));
        await GoodAsync("send", $"{edition}", "--wait");
        Assert.Equal((new Outcome(Readers), "sent"), (await OutcomeAsync(), await house.StateAsync(edition)));
        Assert.Equal(3, relay.Mails.Duplicates);
    }

    private async Task<Outcome> OutcomeAsync() => Outcome.Of(await house.AccountAsync(edition));

    private async Task AllAreSentOnceAsync()
    {
        Assert.Equal((new Outcome(Readers), "sent"), (await OutcomeAsync(), await house.StateAsync(edition)));
        Assert.Equal((Readers, 0), (relay.Mails.Readers, relay.Mails.Duplicates));
    }

    /// <returns>What it said to people.</returns>
    private async Task<string> GoodAsync(params string[] words)
    {
        var end = await CliRun.OfAsync(Settings(), ["editions", .. words]);
        Assert.True(end.ExitCode == 0, end.Error);
        return end.Error;
    }

    private Dictionary<string, string> Settings() => new(house.Configuration) { ["Smtp:Port"] = $"{relay.Port}", ["Data:Directory"] = folder.FullName };
}
