using Newsletter.Database;
using Newsletter.Lifecycle;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Lifecycle;

public sealed class EditionStepsTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    private EditionSteps Steps => house.Get<EditionSteps>();

    public Task InitializeAsync() => house.InitializeWithReaderAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Approving_another_plan_than_the_one_there_is_refused()
    {
        var seen = await house.PlanAsync();
        await house.ArticleAsync("CTO");
        var now = await house.PlanAsync();

        await ConflictAsync(() => Steps.ApproveAsync(seen.Edition, seen.PlanHash, "test"));
        await Steps.ApproveAsync(now.Edition, now.PlanHash, "test");
        await Steps.ApproveAsync(now.Edition, now.PlanHash, "test");

        Assert.Equal("approved", await house.StateAsync(now.Edition));
    }

    [Fact]
    public async Task Approvals_at_once_are_no_error()
    {
        var plan = await house.PlanAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Steps.ApproveAsync(plan.Edition, plan.PlanHash, "test"))));

        Assert.Equal("approved", await house.StateAsync(plan.Edition));
    }

    [Fact]
    public async Task A_plan_keeps_its_hash_while_people_come_and_go_and_loses_it_with_an_item()
    {
        var first = await house.PlanAsync();
        await house.ReaderAsync("another@example.com", "CTO");
        Assert.Equal(first.PlanHash, (await house.PlanAsync()).PlanHash);

        await house.ArticleAsync("CTO");
        Assert.NotEqual(first.PlanHash, (await house.PlanAsync()).PlanHash);
    }

    [Fact]
    public async Task Sent_before_its_time_a_mail_does_not_carry_the_date_it_was_planned_for()
    {
        var plan = await house.PlanAsync();
        await Steps.ScheduleAsync(plan.Edition, house.Time.GetUtcNow().AddDays(3), "test");
        await Steps.ApproveAsync(plan.Edition, null, "test");
        await Steps.SendAsync(plan.Edition, "test");

        await house.RunAsync(plan.Edition);

        Assert.Contains("Monday, 2 March 2026", house.Mails.Mails.Single().Message.TextBody);
    }

    [Fact]
    public async Task A_plan_that_waits_for_approval_is_not_sent()
    {
        var plan = await house.PlanAsync();

        await ConflictAsync(() => Steps.SendAsync(plan.Edition, "test"));
    }

    [Fact]
    public async Task A_digest_that_needs_no_approval_has_its_plan_approved()
    {
        await house.DigestAsync(d => d with { Slug = "daily", Approval = "none" });

        var plan = await house.PlanAsync("daily");

        Assert.Equal("approved", await house.StateAsync(plan.Edition));
    }

    [Fact]
    public async Task What_is_over_cannot_be_steered()
    {
        var edition = await house.SendAsync();

        await ConflictAsync(() => Steps.CancelAsync(edition, "test"));
        await ConflictAsync(() => Steps.PauseAsync(edition, "test"));
        await ConflictAsync(() => Steps.ResumeAsync(edition, "test"));
        await ConflictAsync(() => Steps.ScheduleAsync(edition, house.Time.GetUtcNow().AddDays(1), "test"));
    }

    [Fact]
    public async Task A_cancelled_edition_accounts_for_everybody_and_stays_cancelled()
    {
        var edition = await house.StartAsync();

        await Steps.CancelAsync(edition, "test");

        var account = await house.AccountAsync(edition);
        Assert.Equal((account.Planned, 0L), (account.Skipped, account.Due));
        await ConflictAsync(() => Steps.ApproveAsync(edition, null, "test"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3654 * 24)]
    public async Task A_time_that_has_passed_or_is_more_than_ten_years_ahead_cannot_be_scheduled(int hours)
    {
        var plan = await house.PlanAsync();

        var refusal = await Assert.ThrowsAsync<Refusal>(() => Steps.ScheduleAsync(plan.Edition, house.Time.GetUtcNow().AddHours(hours), "test"));

        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
    }

    [Fact]
    public async Task Each_step_is_in_the_audit_log_with_who_took_it()
    {
        var plan = await house.PlanAsync();
        await Steps.ApproveAsync(plan.Edition, null, "ed@example.com");

        var entry = (await house.Get<AuditStore>().LatestAsync(1)).Single();

        Assert.Equal(("ed@example.com", "edition approved", $"edition {plan.Edition}"), (entry.Actor, entry.Action, entry.Subject));
    }

    private static async Task ConflictAsync(Func<Task> step) =>
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(step)).Kind);
}
