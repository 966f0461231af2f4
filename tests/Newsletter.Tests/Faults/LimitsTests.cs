using System.Diagnostics;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Smtp;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>What relays and recipients' domains are spared.</summary>
public sealed class LimitsTests : IAsyncLifetime
{
    private readonly TestProduct house = new();
    private readonly FaultyRelay relay = new();
    private readonly FaultyRelay other = new();

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
    }

    public async Task DisposeAsync()
    {
        await relay.DisposeAsync();
        await other.DisposeAsync();
        await house.DisposeAsync();
    }

    [Fact]
    public async Task Two_senders_at_once_keep_to_the_messages_a_second_of_their_relay()
    {
        await house.ReadersAsync(150, "CTO");
        var edition = await house.StartAsync();
        var settings = relay.Settings(4) with { MessagesPerSecond = 50 };
        using var one = new SendingRun(house, settings);
        using var two = new SendingRun(house, settings);

        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(one.RunAsync(edition), two.RunAsync(edition));

        // What comes in during a quarter of a second may go at once.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, (150 - 12.5) / 50, 60);
        Assert.Equal(new Outcome(150), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal(0, relay.Mails.Duplicates);
    }

    [Fact]
    public async Task A_limit_for_a_domain_holds_back_only_its_readers()
    {
        await house.ReadersAsync(200, "CTO");
        for (var i = 0; i < 10; i++)
        {
            await house.ReaderAsync($"reader{i}@slow.example", "CTO");
        }
        // Those of the slow domain come first.
        await house.ExecuteAsync(
            "update subscribers set email = replace(email, '@slow.example', '@example.org'), "
            + "email_key = replace(email_key, '@slow.example', '@example.org') where email like '%@slow.example'");
        await house.ExecuteAsync(
            "update subscribers set email = replace(email, '@example.com', '@slow.example'), "
            + "email_key = replace(email_key, '@example.com', '@slow.example') where id in (select id from subscribers order by id limit 10)");
        var edition = await house.StartAsync();
        using var run = new SendingRun(house, relay.Settings(4) with { Domains = new Dictionary<string, double> { ["Slow.example"] = 2 } });

        var running = run.RunAsync(edition);
        await relay.Mails.UntilAsync(200);
        Assert.InRange(Enumerable.Range(0, 10).Sum(i => relay.Mails.Of($"reader{i}@slow.example")), 0, 9);
        while (!running.IsCompleted)
        {
            await Task.Delay(20);
            house.Time.Advance(TimeSpan.FromMilliseconds(20));
        }
        await running;

        Assert.Equal(new Outcome(210), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal((210, 0), (relay.Mails.Readers, relay.Mails.Duplicates));
    }

    [Fact]
    public async Task Two_relays_get_their_shares_by_weight()
    {
        await house.ReadersAsync(800, "CTO");
        var edition = await house.StartAsync();
        using var run = new SendingRun(house, Both(relay.Settings(4) with { Weight = 3 }, other.Settings(4)));

        await run.RunAsync(edition);

        Assert.Equal(new Outcome(800), Outcome.Of(await house.AccountAsync(edition)));
        Assert.InRange(relay.Mails.Total, 560, 640);
        Assert.Equal(800, relay.Mails.Total + other.Mails.Total);
    }

    [Fact]
    public async Task When_one_of_two_relays_dies_the_other_takes_over()
    {
        await house.ReadersAsync(800, "CTO");
        var edition = await house.StartAsync();
        using var run = new SendingRun(house, Both(relay.Settings(4) with { Weight = 3 }, other.Settings(4)));

        var running = run.RunAsync(edition);
        await relay.Mails.UntilAsync(100);
        await relay.DisposeAsync();
        await running;
        await run.RunAsync(edition);

        Assert.Equal(new Outcome(800), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal(800, relay.Mails.Total + other.Mails.Total);
        Assert.InRange(other.Mails.Total, 400, 767);
    }

    [Fact]
    public async Task A_warm_up_allowance_that_is_used_up_makes_the_edition_wait_for_tomorrow_and_say_so()
    {
        await house.ReadersAsync(120, "CTO");
        var edition = await house.StartAsync();
        var today = DateOnly.FromDateTime(house.Time.GetUtcNow().UtcDateTime);
        using var run = new SendingRun(house, relay.Settings(4) with { WarmUpSince = today, WarmUpFirstDay = 50 });

        var refusal = await Assert.ThrowsAsync<Refusal>(() => run.RunAsync(edition));

        Assert.Equal("Daily warm-up limit reached; sending resumes tomorrow.", refusal.Message);
        Assert.Equal(new Outcome(50, Due: 70), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal("waits: " + refusal.Message, (await house.Get<EditionStore>().GetAsync(edition)).Note);
        await Assert.ThrowsAsync<Refusal>(() => run.RunAsync(edition));
        Assert.Equal(50, relay.Mails.Total);

        // Half as many again: 75.
        house.Time.Advance(TimeSpan.FromDays(1));
        await run.RunAsync(edition);
        Assert.Equal(new Outcome(120), Outcome.Of(await house.AccountAsync(edition)));
        Assert.Equal(0, relay.Mails.Duplicates);
    }

    [Fact]
    public async Task When_one_relay_has_had_its_allowance_and_the_other_dies_the_edition_waits_and_says_so()
    {
        await house.ReadersAsync(400, "CTO");
        var edition = await house.StartAsync();
        var today = DateOnly.FromDateTime(house.Time.GetUtcNow().UtcDateTime);
        using var run = new SendingRun(house, Both(relay.Settings(4) with { WarmUpSince = today, WarmUpFirstDay = 20 }, other.Settings(4)));

        var running = run.RunAsync(edition);
        await other.Mails.UntilAsync(100);
        await other.DisposeAsync();

        await Assert.ThrowsAsync<Refusal>(() => running).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.StartsWith("waits: ", (await house.Get<EditionStore>().GetAsync(edition)).Note);
        Assert.Equal(new Outcome(20 + other.Mails.Total, Due: 380 - other.Mails.Total), Outcome.Of(await house.AccountAsync(edition)));
    }

    [Theory]
    [InlineData("Smtp:Connections", "many", "Smtp:Connections")]
    [InlineData("Smtp:WarmUpSince", "soon", "Smtp:WarmUpSince")]
    [InlineData("Smtp:Domains:example.com", "1e-300", "Each entry of Smtp:Domains is a domain with the maximum number")]
    [InlineData("Smtp:Domains:example.com", "-1", "Each entry of Smtp:Domains is a domain with the maximum number of messages per second from 0.001 to 100000")]
    public async Task A_setting_that_cannot_be_is_refused_with_a_sentence(string name, string value, string sentence)
    {
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await house.StartAsync();

        var end = await CliRun.OfAsync(new Dictionary<string, string>(house.Configuration) { [name] = value }, ["editions", "send", $"{edition}", "--wait"]);

        Assert.Contains(sentence, end.Error);
        Assert.Equal((3, 1), (end.ExitCode, end.Error.Count(c => c == '\n')));
        Assert.Equal(1, (await house.AccountAsync(edition)).Due);
    }

    [Fact]
    public void Values_that_no_relay_can_have_are_refused_each_with_its_name()
    {
        var good = relay.Settings();
        Refused(good with { Security = "ssl" }, "Smtp:Security is 'ssl': choose none, starttls or tls.");
        Refused(good with { Port = 70_000 }, "Smtp needs a Host, a Port from 1 to 65535,");
        Refused(good with { Connections = 0 }, "Connections from 1 to 100");
        Refused(good with { Weight = 101 }, "a Weight from 1 to 100.");
        Refused(good with { MessagesPerSecond = 0 }, "Smtp:MessagesPerSecond must be from 0.001");
        Refused(good with { MessagesPerSecond = 0.0009 }, "Smtp:MessagesPerSecond must be from 0.001");
        Refused(good with { MessagesPerSecond = double.NaN }, "Smtp:MessagesPerSecond must be from 0.001");
        Refused(good with { MessagesPerSecond = double.PositiveInfinity }, "Smtp:MessagesPerSecond must be from 0.001");
        Refused(good with { WarmUpFirstDay = 0 }, "WarmUpFirstDay from 1 to 1000000.");
        Refused(good with { PasswordFile = "/nowhere/at/all" }, "Smtp:PasswordFile '/nowhere/at/all' cannot be read");
        Refused(good with { Relays = [good] }, "Set either Smtp:Host for one relay or Smtp:Relays for several, not both.");
        Refused(Both(good, good with { Host = " " }), "Smtp:Relays:1 needs a Host");
        Refused(
            Both(good with { Connections = 100 }, good with { Connections = 100 }, good with { Connections = 51 }),
            "have more than 250 Connections in total");
        Assert.Single(good.All());
        Assert.Contains("choose hold or resend", Assert.Throws<Refusal>(() => new DeliveryOptions { OnUncertain = "perhaps" }.Checked()).Message);

        static void Refused(SmtpOptions options, string sentence) => Assert.Contains(sentence, Assert.Throws<Refusal>(() => options.All()).Message);
    }

    private static SmtpOptions Both(params SmtpOptions[] relays) => new() { Relays = relays };
}
