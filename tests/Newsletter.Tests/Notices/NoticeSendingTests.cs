using Newsletter.Addresses;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Notices;

public sealed class NoticeSendingTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task A_sign_up_is_answered_by_a_mail_with_a_link_that_confirms()
    {
        await SignUpAsync();

        await house.Get<NoticeSending>().RunAsync(default);
        await house.Get<NoticeSending>().RunAsync(default);

        var mail = house.MailsTo("new@example.com").Single().Message;
        Assert.StartsWith("Please confirm", mail.Subject);
        Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);
        Assert.Contains("http://127.0.0.1:8080/confirm/", mail.TextBody);
    }

    [Fact]
    public async Task A_relay_that_is_away_for_hours_costs_nobody_the_confirmation()
    {
        await SignUpAsync();
        house.Faults.On(Step.Connect, new Deed.Drop());
        for (var hour = 0; hour < 8; hour++)
        {
            await house.Get<NoticeSending>().RunAsync(default);
            house.Time.Advance(TimeSpan.FromHours(1));
        }
        house.Faults.Clear();

        await house.Get<NoticeSending>().RunAsync(default);

        Assert.Single(house.MailsTo("new@example.com"));
    }

    [Fact]
    public async Task A_refused_notice_is_not_tried_again()
    {
        await SignUpAsync();
        house.Faults.On(Step.Rcpt, new Deed.Reply(550, "5.1.1 no such person"), times: 1);

        await house.Get<NoticeSending>().RunAsync(default);
        house.Time.Advance(TimeSpan.FromHours(5));
        await house.Get<NoticeSending>().RunAsync(default);

        Assert.Empty(house.Mails.Mails);
    }

    private Task SignUpAsync() => house.Get<SignUp>().RequestAsync(EmailAddress.Parse("new@example.com"), ["CTO"], []);
}
