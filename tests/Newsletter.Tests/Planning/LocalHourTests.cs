using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Planning;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Planning;

/// <summary>The clock stands at Monday, 2 March 2026, 09:00 UTC; the digest comes on Tuesdays at 10:00 UTC.</summary>
public sealed class LocalHourTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Tuesday = new(2026, 3, 3, 10, 0, 0, TimeSpan.Zero);
    private readonly TestProduct house = new();

    private EditionSteps Steps => house.Get<EditionSteps>();

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.ArticleAsync("CTO");
        await house.DigestAsync(d => d with { Cron = "0 10 * * TUE" });
        await house.ReaderAsync("now@example.com", "CTO");
        await house.ReaderAsync("berlin18@example.com", new Preferences { Roles = ["CTO"], Timezone = "Europe/Berlin", Hour = 18 });
        await house.ReaderAsync("berlin8@example.com", new Preferences { Roles = ["CTO"], Timezone = "Europe/Berlin", Hour = 8 });
        await house.ReaderAsync("newyork8@example.com", new Preferences { Roles = ["CTO"], Timezone = "America/New_York", Hour = 8 });
    }

    public Task DisposeAsync() => house.DisposeAsync();

    private async Task<long> PlanTuesdayAsync() =>
        (await house.Get<EditionPlanning>().PlanAsync(await house.Get<DigestStore>().GetAsync(TestProduct.Digest), Tuesday)).Edition;

    private async Task<DateTimeOffset?> DueAsync(long edition, string email)
    {
        await using var command = house.Database.DataSource.CreateCommand(
            $"select d.due_at from deliveries d join subscribers s on s.id = d.subscriber_id where d.edition_id = {edition} and s.email = '{email}'");
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        return row.IsDBNull(0) ? null : row.GetFieldValue<DateTimeOffset>(0);
    }

    private async Task AssertDueAsync(long edition, DateTimeOffset? berlin18, DateTimeOffset? berlin8, DateTimeOffset? newYork8) =>
        Assert.Equal(
            [null, berlin18, berlin8, newYork8],
            [
                await DueAsync(edition, "now@example.com"), await DueAsync(edition, "berlin18@example.com"),
                await DueAsync(edition, "berlin8@example.com"), await DueAsync(edition, "newyork8@example.com"),
            ]);

    [Fact]
    public async Task Deliveries_of_a_scheduled_edition_are_due_at_the_readers_hour()
    {
        var edition = await PlanTuesdayAsync();

        // 8:00 in Berlin has passed: at once. 8:00 in New York is 13:00 UTC.
        await AssertDueAsync(edition, Tuesday.AddHours(7), null, Tuesday.AddHours(3));
    }

    [Fact]
    public async Task They_are_sent_then_and_the_edition_ends_with_the_last_of_them()
    {
        var edition = await PlanTuesdayAsync();
        await Steps.ApproveAsync(edition, null, "test");
        house.Time.SetUtcNow(Tuesday);
        Assert.Equal([edition], await house.Get<DueEditions>().StartAsync());

        await house.RunAsync(edition);
        Assert.Equal(["berlin8@example.com", "now@example.com"], house.Mails.Mails.SelectMany(m => m.Recipients).Order());
        house.Time.SetUtcNow(Tuesday.AddHours(3));
        await house.RunAsync(edition);
        Assert.Single(house.MailsTo("newyork8@example.com"));
        Assert.Equal("sending", await house.StateAsync(edition));
        house.Time.SetUtcNow(Tuesday.AddHours(7));
        await house.RunAsync(edition);

        Assert.Equal((4, "sent"), (house.Mails.Mails.Count, await house.StateAsync(edition)));
    }

    [Fact]
    public async Task To_schedule_anew_moves_them()
    {
        var edition = (await house.PlanAsync()).Edition;
        await AssertDueAsync(edition, null, null, null);

        await Steps.ScheduleAsync(edition, Tuesday.AddHours(-5), "test");
        await AssertDueAsync(edition, Tuesday.AddHours(7), Tuesday.AddHours(-3), Tuesday.AddHours(3));
        await Steps.ScheduleAsync(edition, Tuesday.AddHours(4), "test");
        await AssertDueAsync(edition, Tuesday.AddHours(7), null, null);
        await Steps.ScheduleAsync(edition, Tuesday.AddDays(1), "test");
        await AssertDueAsync(edition, Tuesday.AddDays(1).AddHours(7), null, Tuesday.AddDays(1).AddHours(3));
    }

    [Fact]
    public async Task A_plan_made_again_keeps_the_time_and_the_hours()
    {
        var edition = (await house.PlanAsync()).Edition;
        await Steps.ScheduleAsync(edition, Tuesday, "test");

        Assert.Equal(edition, (await house.PlanAsync()).Edition);

        await AssertDueAsync(edition, Tuesday.AddHours(7), null, Tuesday.AddHours(3));
    }

    [Fact]
    public async Task Sent_by_hand_they_go_now_whatever_the_hour()
    {
        var edition = await PlanTuesdayAsync();
        await Steps.ApproveAsync(edition, null, "test");

        await Steps.SendAsync(edition, "test");
        await house.RunAsync(edition);

        Assert.Equal((4, "sent"), (house.Mails.Mails.Count, await house.StateAsync(edition)));
    }

    [Fact]
    public async Task Sending_by_hand_what_waits_for_hours_hurries_the_rest()
    {
        var edition = await PlanTuesdayAsync();
        await Steps.ApproveAsync(edition, null, "test");
        house.Time.SetUtcNow(Tuesday);
        await house.Get<DueEditions>().StartAsync();
        await house.RunAsync(edition);
        Assert.Equal(2, house.Mails.Mails.Count);

        await Steps.SendAsync(edition, "test");
        await house.RunAsync(edition);

        Assert.Equal((4, "sent"), (house.Mails.Mails.Count, await house.StateAsync(edition)));
    }

    [Fact]
    public async Task On_the_day_the_clocks_change_each_reader_gets_one_mail()
    {
        var change = new DateTimeOffset(2026, 3, 28, 23, 0, 0, TimeSpan.Zero);
        await house.ReaderAsync("berlin2@example.com", new Preferences { Roles = ["CTO"], Timezone = "Europe/Berlin", Hour = 2 });
        var edition = (await house.PlanAsync()).Edition;
        await Steps.ScheduleAsync(edition, change, "test");
        // 2:00 does not come on this day: 3:00 in summer time.
        Assert.Equal(change.AddHours(2), await DueAsync(edition, "berlin2@example.com"));
        await Steps.ApproveAsync(edition, null, "test");

        for (var hour = 0; hour <= 26; hour++)
        {
            house.Time.SetUtcNow(change.AddHours(hour));
            await house.Get<DueEditions>().StartAsync();
            await house.RunAsync(edition);
        }

        Assert.Equal(5, house.Mails.Mails.SelectMany(m => m.Recipients).Distinct().Count());
        Assert.Equal((5, "sent"), (house.Mails.Mails.Count, await house.StateAsync(edition)));
    }
}
