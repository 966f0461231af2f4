using Newsletter.Deliveries;
using Newsletter.MailCatcher;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>How long a mail that a server does not take yet is tried.</summary>
public sealed class DeferralTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeWithReaderAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task What_is_put_off_fails_after_fourteen_attempts()
    {
        house.Faults.On(Step.Rcpt, new Deed.Reply(450, "4.2.1 Greylisted"));
        var edition = await house.SendAsync();
        var waits = new List<TimeSpan>();
        while ((await house.AccountAsync(edition)).Deferred == 1)
        {
            waits.Add((await house.Get<DeliveryStore>().NextDueAsync(edition))!.Value);
            // Rounded when it was read: a little later it is due for certain.
            house.Time.Advance(waits[^1] + TimeSpan.FromMilliseconds(1));
            await house.RunAsync(edition);
        }

        Assert.Equal(new Outcome(0, Failed: 1), await OutcomeAsync(edition));
        Assert.Equal(14, await house.ScalarAsync<short>("select attempt from deliveries"));
        Assert.Equal(13, waits.Count);
        for (var i = 0; i < waits.Count; i++)
        {
            var wait = Math.Min(240, Math.Pow(2, i));
            Assert.InRange(waits[i].TotalMinutes, (0.8 * wait) - 0.01, (1.2 * wait) + 0.01);
        }
    }

    [Fact]
    public async Task What_is_put_off_fails_after_two_days()
    {
        house.Faults.On(Step.Rcpt, new Deed.Reply(450, "4.2.1 Greylisted"));
        var edition = await house.SendAsync();
        house.Time.Advance(TimeSpan.FromHours(47));
        await house.RunAsync(edition);
        Assert.Equal(new Outcome(0, Deferred: 1), await OutcomeAsync(edition));

        house.Time.Advance(TimeSpan.FromHours(2));
        await house.RunAsync(edition);

        Assert.Equal(new Outcome(0, Failed: 1), await OutcomeAsync(edition));
        Assert.Equal("450 4.2.1 Greylisted", await house.ScalarAsync<string>("select reply from deliveries"));
    }

    private async Task<Outcome> OutcomeAsync(long edition) => Outcome.Of(await house.AccountAsync(edition));
}
