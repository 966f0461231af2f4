using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Planning;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Newsroom;

public sealed class EditionTextTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task The_editors_words_are_in_every_mail_and_in_what_is_approved()
    {
        var plan = await PlannedAsync();
        await Words.SetSubjectAsync(plan.Edition, "  Stop <buttons> & more  ", "ed@example.com");
        await Words.SetIntroAsync(plan.Edition, "First <b>paragraph</b>.\r\n\r\nSecond.", "ed@example.com");

        var worded = await EditionAsync(plan.Edition);
        Assert.NotEqual(plan.PlanHash, worded.PlanHash);
        var stale = await Assert.ThrowsAsync<Refusal>(() => house.Get<EditionSteps>().ApproveAsync(plan.Edition, plan.PlanHash, "test"));
        Assert.Equal(RefusalKind.Conflict, stale.Kind);

        // Planned again it is the same plan: the words stay with the edition.
        Assert.Equal(worded.PlanHash, (await house.PlanAsync()).PlanHash);
        await house.Get<EditionSteps>().ApproveAsync(plan.Edition, worded.PlanHash, "test");
        await house.Get<EditionSteps>().SendAsync(plan.Edition, "test");
        await house.RunAsync(plan.Edition);

        var mail = Assert.Single(house.MailsTo("cto@example.com")).Message;
        Assert.Equal("Stop <buttons> & more", mail.Subject);
        Assert.Contains("<p dir=\"auto\" style=\"margin:10px 0 0\">First &lt;b&gt;paragraph&lt;/b&gt;.</p>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("\nFirst <b>paragraph</b>.\n\nSecond.\n", mail.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(
            ["edition intro set", "edition subject set"],
            (await house.Get<AuditStore>().LatestAsync(10)).Where(entry => entry.Actor == "ed@example.com").Select(entry => entry.Action));
    }

    [Fact]
    public async Task What_is_taken_back_is_as_if_it_had_never_been_said()
    {
        var plan = await PlannedAsync();
        await Words.SetSubjectAsync(plan.Edition, "Said", "test");
        await Words.SetIntroAsync(plan.Edition, "Said", "test");
        await Words.SetSubjectAsync(plan.Edition, null, "test");
        await Words.SetIntroAsync(plan.Edition, null, "test");
        Assert.Equal(
            (plan.PlanHash, null, null),
            ((await EditionAsync(plan.Edition)).PlanHash, (await EditionAsync(plan.Edition)).Subject, (await EditionAsync(plan.Edition)).Intro));
    }

    [Fact]
    public async Task After_approval_nothing_is_reworded()
    {
        var plan = await PlannedAsync();
        await house.Get<EditionSteps>().ApproveAsync(plan.Edition, null, "test");
        var late = await Assert.ThrowsAsync<Refusal>(() => Words.SetSubjectAsync(plan.Edition, "Late", "test"));
        Assert.Equal(RefusalKind.Conflict, late.Kind);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => Words.SetIntroAsync(plan.Edition, "Late", "test"))).Kind);
        Assert.Null((await EditionAsync(plan.Edition)).Subject);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => Words.SetIntroAsync(999, "Nowhere", "test"))).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \u0007 ")]
    [InlineData("two\nlines")]
    [InlineData("a\u202Eturned")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890")]
    public async Task A_subject_that_is_none_is_refused(string subject)
    {
        var plan = await PlannedAsync();
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => Words.SetSubjectAsync(plan.Edition, subject, "test"))).Kind);
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => Words.SetIntroAsync(plan.Edition, new string('x', 1001), "test"))).Kind);
    }

    [Fact]
    public async Task Whom_a_takeaway_addresses_is_told_by_the_readers_own_role()
    {
        await house.ArticleAsync(content => content with { KeyTakeaway = "For CTOs, look.", AddressedTo = "CTOs" }, "CTO", "Journalist");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.ReaderAsync("press@example.com", "Journalist");

        await house.SendAsync((await house.DigestAsync()).Slug);

        Assert.Contains("Why it matters for you, as CTO", house.MailsTo("cto@example.com").Single().Message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("Key takeaway, written for CTOs", house.MailsTo("press@example.com").Single().Message.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_digest_in_a_language_from_right_to_left_turns_the_whole_mail()
    {
        await house.DigestAsync(digest => digest with { Language = "ar" });
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.SendAsync();
        Assert.Contains("<html lang=\"ar\" dir=\"rtl\">", house.MailsTo("cto@example.com").Single().Message.HtmlBody, StringComparison.Ordinal);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => house.DigestAsync(digest => digest with { Slug = "other", Language = "\"><script>" }));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
    }

    private EditionText Words => house.Get<EditionText>();

    private Task<Edition> EditionAsync(long id) => house.Get<EditionStore>().GetAsync(id);

    private async Task<EditionPlan> PlannedAsync()
    {
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", new Preferences { Roles = ["CTO"] });
        return await house.PlanAsync();
    }
}
