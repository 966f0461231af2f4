namespace Newsletter.Tests.Faults;

/// <summary>What becomes of 2,000 deliveries over eight connections when a server misbehaves, and when it is well again.</summary>
public sealed class FaultTableTests(Crowd crowd) : IClassFixture<Crowd>
{
    public static TheoryData<string> Names => [.. Fault.Table.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_account_is_as_the_server_behaved_and_closes_when_it_is_well_again(string name)
    {
        var fault = Fault.Table.Single(fault => fault.Name == name);
        await crowd.BeginAgainAsync();
        await using var relay = new FaultyRelay(fault.Relay);
        fault.Script(relay.Faults);
        using var run = new SendingRun(crowd.House, relay.Settings());

        var running = run.RunAsync(crowd.Edition);
        if (fault.Stall is { } stall)
        {
            await relay.Mails.UntilAsync(stall.Stored);
            crowd.House.Time.Advance(stall.Wait);
        }
        if (fault.Refusal is not null)
        {
            Assert.Contains(fault.Refusal, (await Assert.ThrowsAsync<Refusal>(() => running)).Message);
        }
        else
        {
            await running;
        }

        Assert.Equal(fault.Outcome, await crowd.OutcomeAsync());
        Assert.Equal(fault.Stored, relay.Mails.Total);
        Assert.Equal(0, relay.Mails.Duplicates);
        Assert.Equal(fault.Suppressed, await crowd.House.ScalarAsync<long>("select count(*) from suppressions"));

        relay.Faults.Clear();
        crowd.House.Time.Advance(TimeSpan.FromHours(1));
        await run.RunAsync(crowd.Edition);

        var (sent, deferred, failed, uncertain, due) = fault.Outcome;
        Assert.Equal(new Outcome(sent + deferred + due, 0, failed, uncertain, 0), await crowd.OutcomeAsync());
        Assert.Equal(fault.Stored + deferred + due, relay.Mails.Total);
        Assert.Equal("sent", await crowd.House.StateAsync(crowd.Edition));
    }

    [Fact]
    public async Task The_documentation_has_this_table()
    {
        var documented = await File.ReadAllTextAsync(Path.Combine(Repository.Top, "docs", "sending.md"));

        Assert.All(Fault.Table, fault => Assert.Contains(fault.Row, documented));
    }
}
