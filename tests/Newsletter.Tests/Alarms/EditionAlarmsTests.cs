using Newsletter.Alarms;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.Alarms;

/// <summary>The clock stands at Monday, 2 March 2026, 09:00 UTC.</summary>
public sealed class EditionAlarmsTests : AlarmTest
{
    [Fact]
    public async Task An_approved_edition_that_has_not_begun_two_minutes_after_its_time_is_told_once_to_each_operator()
    {
        var edition = await ScheduledAsync(approved: true);
        await AfterAsync(TimeSpan.FromSeconds(119));
        Assert.Equal(0, await AlarmsAsync(AlarmKind.EditionLate));

        House.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(Editions.WatchAsync)));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(SendAsync)));
        House.Time.Advance(TimeSpan.FromMinutes(30));
        await Editions.WatchAsync();
        await SendAsync();

        Assert.Equal(1, await AlarmsAsync(AlarmKind.EditionLate));
        Assert.Equal([Operator, "second@example.com"], House.Mails.Mails.SelectMany(mail => mail.Recipients).Order());
        var mail = Told.Single().Message;
        Assert.Equal($"[Newsletter] Edition {edition} has not started", mail.Subject);
        Assert.Contains($"http://127.0.0.1:8080/editor/editions/{edition}", mail.TextBody);
        Assert.Contains("2026-03-02 10:00 UTC", mail.TextBody);
        Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);
        Assert.Null(mail.HtmlBody);
    }

    [Fact]
    public async Task One_that_nobody_approved_says_until_when_that_helps_and_is_not_told_again_when_it_is_missed()
    {
        var edition = await ScheduledAsync(approved: false);
        await AfterAsync(TimeSpan.FromMinutes(2));
        await SendAsync();
        Assert.Contains("2026-03-02 11:00 UTC it is missed", Told.Single().Message.TextBody);

        House.Time.Advance(TimeSpan.FromHours(1));
        await House.Get<DueEditions>().StartAsync();
        Assert.Equal(EditionState.Missed, await House.StateAsync(edition));
        await Editions.WatchAsync();
        await SendAsync();

        Assert.Single(Told);
    }

    [Fact]
    public async Task One_that_was_missed_since_no_worker_ran_is_told_when_one_runs_again()
    {
        var edition = await ScheduledAsync(approved: true);
        House.Time.Advance(TimeSpan.FromHours(5));
        await House.Get<DueEditions>().StartAsync();
        await Editions.WatchAsync();
        await SendAsync();

        Assert.Equal($"[Newsletter] Edition {edition} was missed", Told.Single().Message.Subject);
    }

    [Fact]
    public async Task An_occurrence_that_cannot_be_planned_is_told_once_also_when_it_is_missed_then()
    {
        await House.DigestAsync(d => d with { Slug = "broken", Name = "The Broken", Cron = "0 10 * * *", Lead = TimeSpan.Zero, Approval = "none" });
        await House.ExecuteAsync("update digests set timezone = 'Mars/Olympus' where slug = 'broken'");
        House.Time.Advance(TimeSpan.FromMinutes(62));
        await House.Get<DueEditions>().PlanAsync(default);
        await Editions.WatchAsync();
        await SendAsync();
        Assert.Equal("[Newsletter] The Broken was not planned", Told.Single().Message.Subject);

        await House.ExecuteAsync("update digests set timezone = 'UTC' where slug = 'broken'");
        House.Time.Advance(TimeSpan.FromMinutes(100));
        await House.Get<DueEditions>().PlanAsync(default);
        await Editions.WatchAsync();
        await SendAsync();

        Assert.Single(Told);
    }

    [Fact]
    public async Task One_that_was_begun_and_waits_for_the_relay_is_late_and_one_that_has_sent_something_is_not()
    {
        await House.ReaderAsync("later@example.com", "CTO");
        House.Faults.On(Step.Connect, new Deed.Drop());
        var edition = await House.StartAsync();
        await Assert.ThrowsAsync<Refusal>(() => House.RunAsync(edition));
        await AfterAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await AlarmsAsync(AlarmKind.EditionLate));

        House.Faults.Clear();
        House.Faults.On(Step.Rcpt, new Deed.Reply(451, "4.7.1 later"), recipient: "later@example.com");
        await House.RunAsync(edition);
        House.Faults.On(Step.Connect, new Deed.Drop());
        House.Time.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<Refusal>(() => House.RunAsync(edition));
        await Editions.WatchAsync();

        Assert.Equal(0, await House.ScalarAsync<long>("select count(*) from alarms where over_at is null"));
    }

    [Fact]
    public async Task What_is_late_again_after_it_was_not_is_told_again()
    {
        var edition = await ScheduledAsync(approved: true);
        await AfterAsync(TimeSpan.FromMinutes(3));
        House.Time.Advance(TimeSpan.FromMinutes(6));
        await House.Get<EditionSteps>().ScheduleAsync(edition, House.Time.GetUtcNow().AddHours(1), "test");
        await Editions.WatchAsync();
        Assert.Equal(1, await AlarmsAsync(AlarmKind.EditionLate));

        House.Time.Advance(TimeSpan.FromMinutes(63));
        await Editions.WatchAsync();

        Assert.Equal(2, await AlarmsAsync(AlarmKind.EditionLate));
    }

    [Fact]
    public async Task One_that_paused_itself_is_told_each_time_without_the_address_that_the_reply_quotes()
    {
        await House.ReadersAsync(60, "CTO");
        House.Faults.On(Step.Rcpt, new Deed.Reply(550, "5.7.1 <reader1@example.com>: go away, see https://example.com/unsubscribe/token"));
        var edition = await House.StartAsync();
        await House.RunAsync(edition);
        Assert.Equal(EditionState.Paused, await House.StateAsync(edition));
        await Editions.WatchAsync();
        House.Time.Advance(TimeSpan.FromMinutes(1));
        await House.Get<EditionSteps>().ResumeAsync(edition, "test");
        await House.RunAsync(edition);
        House.Faults.Clear();
        await SendAsync();

        Assert.Equal(EditionState.Paused, await House.StateAsync(edition));
        Assert.Equal(2, Told.Count);
        Assert.All(Told, mail =>
        {
            Assert.Equal($"[Newsletter] Edition {edition} paused itself", mail.Message.Subject);
            Assert.Contains("by policy (550 5.7.1", mail.Message.TextBody);
            Assert.DoesNotContain("reader1@", mail.Message.TextBody);
            Assert.DoesNotContain("token", mail.Message.TextBody);
        });
        Assert.All(House.Logs.All, line => Assert.DoesNotContain("@example.com", line.Text));
        Assert.All(House.Logs.All, line => Assert.DoesNotContain("unsubscribe/token", line.Text));
    }

    private async Task<long> ScheduledAsync(bool approved)
    {
        var edition = (await House.PlanAsync()).Edition;
        await House.Get<EditionSteps>().ScheduleAsync(edition, House.Time.GetUtcNow().AddHours(1), "test");
        if (approved)
        {
            await House.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        }
        House.Time.Advance(TimeSpan.FromHours(1));
        return edition;
    }

    private Task AfterAsync(TimeSpan time)
    {
        House.Time.Advance(time);
        return Editions.WatchAsync();
    }
}
