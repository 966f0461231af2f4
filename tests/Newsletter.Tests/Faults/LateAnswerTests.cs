using Newsletter.Deliveries;
using Newsletter.MailCatcher;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>What follows when nobody knows whether a mail arrived, and under <c>resend</c> it is to be sent again.</summary>
public sealed class LateAnswerTests : IAsyncLifetime
{
    private readonly TestProduct house = new() { Settings = new Dictionary<string, string> { ["Delivery:OnUncertain"] = "resend" } };

    public Task InitializeAsync() => house.InitializeWithReaderAsync();

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

        await sender.RecordAsync(attempt, DeliveryResult.Sent);
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

        await stopped.RecordAsync(attempt, DeliveryResult.Sent);
        Assert.Equal(new Outcome(0, Due: 1), await OutcomeAsync(edition));

        await other.RecordAsync(anew, DeliveryResult.Failed("550 no"));
        await stopped.RecordAsync(attempt, DeliveryResult.Sent);
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

    private async Task<Outcome> OutcomeAsync(long edition) => Outcome.Of(await house.AccountAsync(edition));
}
