using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Planning;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Planning;

/// <summary>The clock stands at Monday, 2 March 2026, 09:00 UTC. There are two digests.</summary>
public sealed class CadenceTests : IAsyncLifetime
{
    private const string Other = "other";
    private readonly TestProduct house = new();

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.DigestAsync(d => d with { Slug = Other });
    }

    public Task DisposeAsync() => house.DisposeAsync();

    private async Task<bool> IsInAsync(long edition, string email)
    {
        try
        {
            await house.Get<Explaining>().WhyAsync(edition, email);
            return true;
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            Assert.Contains("not due by cadence", refusal.Message);
            return false;
        }
    }

    /// <returns>Places of the editions that have something for this reader.</returns>
    private async Task<List<int>> InAsync(IReadOnlyList<long> editions, string email)
    {
        var found = new List<int>();
        for (var i = 0; i < editions.Count; i++)
        {
            if (await IsInAsync(editions[i], email))
            {
                found.Add(i);
            }
        }
        return found;
    }

    [Fact]
    public async Task A_weekly_reader_gets_one_mail_in_seven_days_from_all_digests_and_then_what_was_missed()
    {
        await house.ReaderAsync("weekly@example.com", new Preferences { Roles = ["CTO"], Cadence = "weekly" });
        await house.ReaderAsync("every@example.com", "CTO");
        var monday = house.Time.GetUtcNow();
        var items = new List<long>();
        var editions = new List<long>();
        foreach (var (day, digest) in new[] { (0, TestProduct.Digest), (1, Other), (3, TestProduct.Digest), (6, Other), (7, Other), (8, TestProduct.Digest) })
        {
            house.Time.SetUtcNow(monday.AddDays(day));
            items.Add(await house.ArticleAsync("CTO"));
            editions.Add(await house.SendAsync(digest));
        }

        Assert.Equal([0, 4], await InAsync(editions, "weekly@example.com"));
        Assert.Equal([items[0]], await house.ItemsOfAsync(editions[0], "weekly@example.com"));
        Assert.Equal(items[1..5], (await house.ItemsOfAsync(editions[4], "weekly@example.com")).Order());
        Assert.Equal((2, 6), (house.MailsTo("weekly@example.com").Count, house.MailsTo("every@example.com").Count));
    }

    [Fact]
    public async Task A_mail_between_one_that_was_sent_and_one_that_is_planned_for_later_keeps_its_distance_from_both()
    {
        await house.ReaderAsync("weekly@example.com", new Preferences { Roles = ["CTO"], Cadence = "weekly" });
        await house.ArticleAsync("CTO");
        var monday = house.Time.GetUtcNow();
        await house.SendAsync();
        await house.ArticleAsync("CTO");
        var later = await house.Get<EditionPlanning>().PlanAsync(await house.Get<DigestStore>().GetAsync(Other), monday.AddDays(12));
        Assert.Equal(1, later.Deliveries);
        await house.ArticleAsync("CTO");

        house.Time.SetUtcNow(monday.AddDays(3));
        Assert.Equal(0, (await house.PlanAsync()).Subscribers);
        house.Time.SetUtcNow(monday.AddDays(9));
        Assert.Equal(0, (await house.PlanAsync()).Subscribers);
    }

    [Fact]
    public async Task A_daily_reader_gets_one_mail_a_day_of_their_own()
    {
        await house.ReaderAsync("daily@example.com", new Preferences { Roles = ["CTO"], Cadence = "daily", Timezone = "Asia/Tokyo" });
        await house.ArticleAsync("CTO");
        var first = await house.SendAsync();
        await house.ArticleAsync("CTO");
        house.Time.Advance(TimeSpan.FromHours(5));
        var sameDay = await house.SendAsync(Other);
        await house.ArticleAsync("CTO");
        // 00:30 on Tuesday in Tokyo; in UTC it is Monday still.
        house.Time.Advance(TimeSpan.FromHours(1.5));
        var nextDay = await house.SendAsync(Other);

        Assert.Equal([0, 2], await InAsync([first, sameDay, nextDay], "daily@example.com"));
    }

    [Fact]
    public async Task A_pause_ends_when_its_day_begins_where_the_reader_is()
    {
        var until = new DateOnly(2026, 3, 3);
        await house.ReaderAsync("auckland@example.com", new Preferences { Roles = ["CTO"], Timezone = "Pacific/Auckland", PausedUntil = until });
        await house.ReaderAsync("utc@example.com", new Preferences { Roles = ["CTO"], PausedUntil = until });
        await house.ArticleAsync("CTO");

        Assert.Equal(0, (await house.PlanAsync()).Subscribers);
        house.Time.Advance(TimeSpan.FromHours(3));
        var plan = await house.PlanAsync();
        Assert.Equal((1, true), (plan.Subscribers, await IsInAsync(plan.Edition, "auckland@example.com")));
        house.Time.Advance(TimeSpan.FromHours(12));
        Assert.Equal(2, (await house.PlanAsync()).Subscribers);
    }

    [Fact]
    public async Task A_mail_that_failed_or_was_cancelled_counts_for_no_cadence()
    {
        await house.ReaderAsync("monthly@example.com", new Preferences { Roles = ["CTO"], Cadence = "monthly" });
        var item = await house.ArticleAsync("CTO");
        await house.Get<EditionSteps>().CancelAsync((await house.PlanAsync()).Edition, "test");

        Assert.Equal([item], await house.ItemsOfAsync((await house.PlanAsync(Other)).Edition, "monthly@example.com"));
    }
}
