using Newsletter.Digests;
using Newsletter.Smtp;

namespace Newsletter.Tests.Faults;

/// <summary>The same with a server that is not ours.</summary>
public sealed class SmtpSinkTests(Crowd crowd) : IClassFixture<Crowd>
{
    [Fact]
    public async Task A_server_that_is_well_gets_everything() =>
        Assert.Equal(new Outcome(Crowd.Size), await SendAsync());

    [Fact]
    public async Task Dropped_after_the_dot_all_are_uncertain() =>
        Assert.Equal(new Outcome(0, Uncertain: Crowd.Size), await SendAsync("-q", "."));

    [Fact]
    public async Task Dropped_at_DATA_all_are_deferred() =>
        Assert.Equal(new Outcome(0, Deferred: Crowd.Size), await SendAsync("-q", "DATA"));

    [Fact]
    public async Task Refused_for_now_at_RCPT_all_are_deferred() =>
        Assert.Equal(new Outcome(0, Deferred: Crowd.Size), await SendAsync("-r", "RCPT"));

    [Fact]
    public async Task Refused_for_now_after_the_dot_all_are_deferred() =>
        Assert.Equal(new Outcome(0, Deferred: Crowd.Size), await SendAsync("-r", "."));

    [Fact]
    public async Task Refused_for_good_after_the_dot_the_edition_pauses_itself_after_a_hundred()
    {
        var outcome = await SendAsync("-f", ".");

        // One more for each other connection that had a mail under way.
        Assert.InRange(outcome.Failed, 100, 107);
        Assert.Equal(new Outcome(0, Failed: outcome.Failed, Due: Crowd.Size - outcome.Failed), outcome);
        var edition = await crowd.House.Get<EditionStore>().GetAsync(crowd.Edition);
        Assert.Equal("paused", edition.State);
        Assert.Contains("mails failed (5", edition.Note);
    }

    private async Task<Outcome> SendAsync(params string[] options)
    {
        await crowd.BeginAgainAsync();
        await using var sink = await SmtpSink.StartAsync(options);
        using var run = new SendingRun(crowd.House, new SmtpOptions { Host = "127.0.0.1", Port = sink.Port, Security = "none", Connections = 8 });
        await run.RunAsync(crowd.Edition);
        return await crowd.OutcomeAsync();
    }
}
