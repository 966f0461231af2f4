using Newsletter.Deliveries;
using Newsletter.MailCatcher;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>What follows when nobody knows whether a mail arrived, and under <c>resend</c> it is to be sent again.</summary>
public sealed class LateAnswerTests : IAsyncLifetime
{
    private readonly House house = new() { Settings = new Dictionary<string, string> { ["Delivery:OnUncertain"] = "resend" } };

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
    }

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task A_late_answer_turns_what_is_due_again_into_sent()
    {
        var edition = await house.StartAsync();
        await using var sender = await house.SenderAsync(edition);
        var attempt = (await sender.MarkAsync(await sender.ClaimAsync())).Single();
        await sender.DieAsync();
        await house.Get<DeliveryStore>().SweepAsync();
        Assert.Equal(new Outcome(0, Due: 1), await OutcomeAsync(edition));

        await sender.RecordAsync(attempt, DeliveryEnding.Sent);
        await house.RunAsync(edition);

        Assert.Equal(new Outcome(1), await OutcomeAsync(edition));
        Assert.Empty(house.Mails.Mails);
    }

    [Fact]
    public async Task A_late_answer_to_an_attempt_that_was_issued_anew_changes_nothing()
    {
        var edition = await house.StartAsync();
        await using var stopped = await house.SenderAsync(edition);
        var attempt = (await stopped.MarkAsync(await stopped.ClaimAsync())).Single();
        await stopped.DieAsync();
        await house.Get<DeliveryStore>().SweepAsync();
        await using var other = await house.SenderAsync(edition);
        var anew = (await other.MarkAsync(await other.ClaimAsync())).Single();
        Assert.Equal((1, 2), (attempt.Attempt, anew.Attempt));

        await stopped.RecordAsync(attempt, DeliveryEnding.Sent);
        Assert.Equal(new Outcome(0, Due: 1), await OutcomeAsync(edition));

        await other.RecordAsync(anew, DeliveryEnding.Failed("550 no"));
        await stopped.RecordAsync(attempt, DeliveryEnding.Sent);
        Assert.Equal(new Outcome(0, Failed: 1), await OutcomeAsync(edition));
    }

    [Fact]
    public async Task What_may_have_arrived_is_sent_again_with_the_same_Message_ID()
    {
        house.Faults.On(Step.Stored, new Deed.Drop(), times: 1);
        var edition = await house.SendAsync();
        Assert.Equal(new Outcome(0, Deferred: 1), await OutcomeAsync(edition));

        house.Time.Advance(TimeSpan.FromMinutes(2));
        await house.RunAsync(edition);

        Assert.Equal(new Outcome(1), await OutcomeAsync(edition));
        var mails = house.MailsTo("cto@example.com");
        Assert.Equal(2, mails.Count);
        Assert.Single(mails.Select(mail => mail.Message.MessageId).Distinct());
    }

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
