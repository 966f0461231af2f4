using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Lifecycle;

/// <summary>The clock stands at Monday, 2 March 2026, 09:00 UTC.</summary>
public sealed class DueEditionsTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    private DueEditions Due => house.Get<DueEditions>();

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
    }

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task An_occurrence_is_planned_its_lead_before_and_sent_at_its_time()
    {
        await TuesdaysAsync("none");
        await Due.PlanAsync(default);
        Assert.Empty(await EditionsAsync());

        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));
        await Due.PlanAsync(default);
        var edition = (await EditionsAsync()).Single();
        Assert.Equal(("approved", new DateTimeOffset(2026, 3, 3, 10, 0, 0, TimeSpan.Zero)), (edition.State, edition.SendAt));
        Assert.Empty(await Due.StartAsync());

        house.Time.SetUtcNow(edition.SendAt!.Value);
        Assert.Equal([edition.Id], await Due.StartAsync());
        await house.RunAsync(edition.Id);
        Assert.Single(house.Mails.Mails);
    }

    [Fact]
    public async Task A_schedule_fired_twice_or_on_two_machines_makes_one_edition()
    {
        await TuesdaysAsync("none");
        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Due.PlanAsync(default))));
        await Due.PlanAsync(default);

        Assert.Single(await EditionsAsync());
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 10, 0, 0, TimeSpan.Zero), (await house.Get<DigestStore>().GetAsync(TestProduct.Digest)).NextAt);
    }

    [Fact]
    public async Task An_occurrence_missed_by_more_than_the_limit_is_never_sent_silently_late()
    {
        await TuesdaysAsync("none");
        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 3, 11, 30, 0, TimeSpan.Zero));

        await Due.PlanAsync(default);

        Assert.Equal("missed", (await EditionsAsync()).Single().State);
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 10, 0, 0, TimeSpan.Zero), (await house.Get<DigestStore>().GetAsync(TestProduct.Digest)).NextAt);
    }

    [Fact]
    public async Task A_digest_that_cannot_be_planned_does_not_keep_the_others_from_it()
    {
        await house.DigestAsync(d => d with { Slug = "broken", Cron = "0 10 * * TUE", Approval = "none" });
        await TuesdaysAsync("none");
        await using (var connection = await house.Database.DataSource.OpenConnectionAsync())
        await using (var command = new Npgsql.NpgsqlCommand("update digests set timezone = 'Mars/Olympus' where slug = 'broken'", connection))
        {
            await command.ExecuteNonQueryAsync();
        }
        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));

        await Due.PlanAsync(default);

        Assert.Equal(TestProduct.Digest, (await EditionsAsync()).Single().DigestSlug);
    }

    [Fact]
    public async Task All_occurrences_missed_in_a_long_absence_are_told()
    {
        await TuesdaysAsync("none");
        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 19, 12, 0, 0, TimeSpan.Zero));

        await Due.PlanAsync(default);

        Assert.Contains("2 later occurrences", (await EditionsAsync()).Single().Note);
        Assert.Equal(new DateTimeOffset(2026, 3, 24, 10, 0, 0, TimeSpan.Zero), (await house.Get<DigestStore>().GetAsync(TestProduct.Digest)).NextAt);
    }

    [Fact]
    public async Task A_plan_unapproved_at_the_limit_is_missed_and_its_items_are_free_again()
    {
        await TuesdaysAsync("required");
        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));
        await Due.PlanAsync(default);
        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 3, 10, 30, 0, TimeSpan.Zero));
        Assert.Empty(await Due.StartAsync());
        Assert.Equal("planned", (await EditionsAsync()).Single().State);

        house.Time.SetUtcNow(new DateTimeOffset(2026, 3, 3, 11, 1, 0, TimeSpan.Zero));
        await Due.StartAsync();

        Assert.Equal("missed", (await EditionsAsync()).Single().State);
        Assert.Equal(1, (await house.PlanAsync()).Deliveries);
    }

    [Fact]
    public async Task An_edition_scheduled_by_hand_is_sent_at_its_time()
    {
        await house.DigestAsync();
        var plan = await house.PlanAsync();
        var at = house.Time.GetUtcNow().AddHours(2);
        await house.Get<EditionSteps>().ScheduleAsync(plan.Edition, at, "test");
        await house.Get<EditionSteps>().ApproveAsync(plan.Edition, null, "test");
        Assert.Empty(await Due.StartAsync());

        house.Time.SetUtcNow(at);

        Assert.Equal([plan.Edition], await Due.StartAsync());
    }

    [Fact]
    public async Task An_unapproved_plan_does_not_swallow_the_occurrence_after_it()
    {
        await house.DigestAsync(d => d with { Cron = "0 10 * * *", Lead = TimeSpan.FromDays(2) });
        await Due.PlanAsync(default);
        var first = (await EditionsAsync()).Single();
        house.Time.SetUtcNow(first.OccurrenceAt!.Value.AddHours(-1));
        await Due.PlanAsync(default);
        Assert.Single(await EditionsAsync());

        await house.Get<EditionSteps>().ApproveAsync(first.Id, null, "test");
        await Due.PlanAsync(default);

        Assert.Equal(first.OccurrenceAt.Value.AddDays(1), (await EditionsAsync())[0].OccurrenceAt);
    }

    private Task TuesdaysAsync(string approval) =>
        house.DigestAsync(d => d with { Cron = "0 10 * * TUE", Approval = approval });

    private Task<IReadOnlyList<Edition>> EditionsAsync() => house.Get<EditionStore>().ListAsync(10);
}
