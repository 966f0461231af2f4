using MimeKit;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Newsroom;

public sealed class CorrectingTests : IAsyncLifetime
{
    private const string Subject = "We got a number wrong";
    private const string Text = "The bill fell by a third, and not by two thirds.\n\nWe are sorry.";

    private readonly TestProduct house = new();
    private long forCtos;
    private long edition;

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        forCtos = await house.ArticleAsync("CTO");
        await house.ArticleAsync("Journalist");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.ReaderAsync("press@example.com", "Journalist");
        await house.ReaderAsync("both@example.com", "CTO", "Journalist");
        await house.ReaderAsync("none@example.com", "Recruiter");
        await house.DigestAsync();
        edition = await house.SendAsync();
    }

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task All_who_got_the_edition_are_written_to_once()
    {
        Assert.Equal(3, await CorrectAsync());
        await SendAsync();
        await SendAsync();
        Assert.Equal(["both@example.com", "cto@example.com", "press@example.com"], Written());
        var mail = Of("cto@example.com");
        Assert.Equal(Subject, mail.Subject);
        foreach (var part in new[] { mail.HtmlBody!, mail.TextBody! })
        {
            Assert.Contains("The bill fell by a third", part, StringComparison.Ordinal);
            Assert.Contains("The Weekly of Monday, 2 March 2026", part, StringComparison.Ordinal);
            Assert.Contains("/unsubscribe/", part, StringComparison.Ordinal);
        }
        Assert.Contains("/unsubscribe/", mail.Headers["List-Unsubscribe"]!, StringComparison.Ordinal);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers["List-Unsubscribe-Post"]);
        var entry = (await house.Get<AuditStore>().LatestAsync(1)).Single();
        Assert.Equal(("editor@example.com", "edition corrected", $"edition {edition}, correction 1, 3 readers"), (entry.Actor, entry.Action, entry.Subject));

        var again = await Assert.ThrowsAsync<Refusal>(() => CorrectAsync());
        Assert.Equal(RefusalKind.Conflict, again.Kind);
        var account = Assert.Single(await house.Get<CorrectionStore>().OfEditionAsync(edition));
        Assert.Equal((3, 3, 0, 0), (account.Readers, account.Sent, account.Failed, account.Uncertain));
    }

    [Fact]
    public async Task Of_an_item_only_those_who_got_it_are_written_to()
    {
        Assert.Equal(2, await CorrectAsync(item: forCtos));
        await SendAsync();
        Assert.Equal(["both@example.com", "cto@example.com"], Written());
        Assert.Contains($"/items/{forCtos}", Of("cto@example.com").TextBody!, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => CorrectAsync(item: 4711))).Kind);
    }

    [Fact]
    public async Task Nobody_who_left_or_is_suppressed_by_then_gets_it()
    {
        await house.Get<SuppressionStore>().AddAsync(EmailAddress.Parse("cto@example.com"), "complaint", "test");
        Assert.Equal(2, await CorrectAsync());
        await house.Get<Unsubscribing>().LeaveAsync((await house.Get<SubscriberStore>().FindAsync(EmailAddress.Parse("press@example.com")))!.Id);
        await SendAsync();
        Assert.Equal(["both@example.com"], Written());
    }

    [Fact]
    public async Task What_was_lost_after_the_final_dot_is_not_sent_again()
    {
        await CorrectAsync(item: forCtos);
        house.Faults.On(Step.Stored, new Deed.Drop(), times: 1);
        for (var i = 0; i < 5; i++)
        {
            await SendAsync();
            house.Time.Advance(TimeSpan.FromHours(3));
        }
        var account = Assert.Single(await house.Get<CorrectionStore>().OfEditionAsync(edition));
        Assert.Equal((2, 1, 0, 1), (account.Readers, account.Sent, account.Failed, account.Uncertain));
    }

    [Fact]
    public async Task A_process_that_dies_while_sending_neither_loses_nor_doubles_the_rest()
    {
        await CorrectAsync();
        // Claimed, and never heard of again.
        var dead = Assert.Single(await house.Get<NoticeStore>().ClaimAsync(1));
        await SendAsync();
        house.Time.Advance(TimeSpan.FromHours(1));
        await SendAsync();
        Assert.Equal(2, Written().Count());
        Assert.DoesNotContain(dead.Email, Written());
        Assert.Equal(1, Assert.Single(await house.Get<CorrectionStore>().OfEditionAsync(edition)).Uncertain);
    }

    [Fact]
    public async Task Whoever_waits_for_a_confirmation_comes_before_all_corrections()
    {
        await CorrectAsync();
        house.Time.Advance(TimeSpan.FromMinutes(5));
        await house.Get<SignUp>().RequestAsync(EmailAddress.Parse("new@example.com"), [], []);
        Assert.Equal("new@example.com", Assert.Single(await house.Get<NoticeStore>().ClaimAsync(1)).Email);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        foreach (var (subject, text) in new[]
        {
            ("", Text), ("two\nlines", Text), (new string('x', 151), Text), (Subject, " "), (Subject, new string('x', 10_001)),
            (Subject, "a\0b"), (Subject, "\ud800"),
        })
        {
            Assert.Equal(RefusalKind.Invalid, await RefusedAsync(edition, subject, text));
        }
        Assert.Equal(RefusalKind.NotFound, await RefusedAsync(4711, Subject, Text));
        await house.ArticleAsync("CTO");
        var planned = (await house.PlanAsync()).Edition;
        Assert.Equal(RefusalKind.Conflict, await RefusedAsync(planned, Subject, Text));
        var sending = await house.StartAsync();
        Assert.Equal(RefusalKind.Conflict, await RefusedAsync(sending, Subject, Text));
        Assert.Empty(await house.Get<CorrectionStore>().OfEditionAsync(edition));

        async Task<RefusalKind> RefusedAsync(long id, string headline, string words) =>
            (await Assert.ThrowsAsync<Refusal>(() => house.Get<Correcting>().CorrectAsync(id, headline, words, null, "x"))).Kind;
    }

    private Task<int> CorrectAsync(long? item = null) => house.Get<Correcting>().CorrectAsync(edition, Subject, Text, item, "editor@example.com");

    private Task SendAsync() => house.Get<NoticeSending>().RunAsync(default);

    private IEnumerable<string> Written() => Mails.SelectMany(m => m.Recipients).Order();

    private MimeMessage Of(string email) => Mails.Single(m => m.Recipients.Contains(email)).Message;

    private IEnumerable<CaughtMail> Mails => house.Mails.Mails.Where(m => m.Message.Subject == Subject);
}
