using Dapper;
using Newsletter.Choosing;
using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Planning;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Newsroom;

public sealed class OverrideEditingTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task A_pinned_item_reaches_everybody_at_once_and_the_edition_stays_the_same()
    {
        await house.ArticleAsync("CTO");
        var pinned = await house.ArticleAsync("Journalist");
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, before) = await PlannedAsync();

        var plan = await OverrideAsync(edition, OverrideKind.Pin, pinned);

        Assert.Equal(edition, plan.Edition);
        Assert.NotEqual(before, plan.PlanHash);
        Assert.Contains(pinned, await house.ItemsOfAsync(edition, "cto@example.com"));
        await house.Get<EditionSteps>().ApproveAsync(edition, plan.PlanHash, "test");
    }

    [Fact]
    public async Task A_move_for_a_label_of_two_roles_concerns_readers_of_both_and_nobody_else()
    {
        await house.ArticleAsync("CTO", "VP of Engineering", "VP of Data");
        var pinned = await house.ArticleAsync("Journalist");
        await house.ReaderAsync("data@example.com", "VP of Data");
        await house.ReaderAsync("engineering@example.com", "VP of Engineering");
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, _) = await PlannedAsync();

        await OverrideAsync(edition, OverrideKind.Pin, pinned, "VP of Engineering/Data");

        Assert.Contains(pinned, await house.ItemsOfAsync(edition, "data@example.com"));
        Assert.Contains(pinned, await house.ItemsOfAsync(edition, "engineering@example.com"));
        Assert.DoesNotContain(pinned, await house.ItemsOfAsync(edition, "cto@example.com"));
    }

    [Fact]
    public async Task The_later_of_pin_and_exclude_holds_and_doing_it_twice_is_doing_it_once()
    {
        var item = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, _) = await PlannedAsync();

        await OverrideAsync(edition, OverrideKind.Exclude, item);
        await OverrideAsync(edition, OverrideKind.Exclude, item);
        Assert.Empty(await house.ItemsOfAsync(edition, "cto@example.com"));

        await OverrideAsync(edition, OverrideKind.Pin, item);
        Assert.Equal([item], await house.ItemsOfAsync(edition, "cto@example.com"));
        Assert.Single(await house.Get<OverrideStore>().ListAsync(edition));
    }

    [Fact]
    public async Task The_lead_comes_first_and_then_the_order_that_the_editor_set()
    {
        long[] items = [await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO")];
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, _) = await PlannedAsync();

        await OverrideAsync(edition, OverrideKind.Lead, items[2]);
        await OverrideAsync(edition, OverrideKind.Lead, items[3]);
        await house.Get<OverrideEditing>().AddAsync(edition, OverrideKind.Order, [items[1], items[0]], null, "test");

        Assert.Equal([items[3], items[1], items[0], items[2]], await house.ItemsOfAsync(edition, "cto@example.com"));
    }

    [Fact]
    public async Task An_item_is_put_in_a_place_of_the_order_and_what_stood_there_moves_down()
    {
        await house.DigestAsync();
        await house.ReaderAsync("cto@example.com", "CTO");
        var items = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            items.Add(await house.ArticleAsync("CTO"));
        }
        var edition = (await house.PlanAsync()).Edition;
        var overrides = house.Get<OverrideEditing>();

        await overrides.PlaceAsync(edition, items[2], 1, "test");
        await overrides.PlaceAsync(edition, items[1], 50, "test");
        Assert.Equal([items[2], items[1], items[0], items[3]], await house.ItemsOfAsync(edition, "cto@example.com"));
        await overrides.PlaceAsync(edition, items[3], 2, "test");
        Assert.Equal([items[2], items[3], items[1], items[0]], await house.ItemsOfAsync(edition, "cto@example.com"));
        await overrides.PlaceAsync(edition, items[2], 3, "test");
        Assert.Equal([items[3], items[1], items[2], items[0]], await house.ItemsOfAsync(edition, "cto@example.com"));

        foreach (var place in new[] { 0, -1, 51 })
        {
            Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => overrides.PlaceAsync(edition, items[0], place, "test"))).Kind);
        }
        Assert.Equal([items[3], items[1], items[2], items[0]], await house.ItemsOfAsync(edition, "cto@example.com"));
    }

    [Fact]
    public async Task A_move_taken_back_leaves_the_plan_as_it_was()
    {
        await house.ArticleAsync("CTO");
        var item = await house.ArticleAsync("Journalist");
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, before) = await PlannedAsync();
        await OverrideAsync(edition, OverrideKind.Pin, item);
        await OverrideAsync(edition, OverrideKind.Lead, item, "cto");

        var plan = await house.Get<OverrideEditing>().RemoveAsync(edition, item, "test");

        Assert.Equal(before, plan.PlanHash);
        var refused = await Assert.ThrowsAsync<Refusal>(() => house.Get<OverrideEditing>().RemoveAsync(edition, item, "test"));
        Assert.Equal(RefusalKind.NotFound, refused.Kind);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_leaves_hand_plan_and_audit_log_alone()
    {
        var item = await house.ArticleAsync("CTO");
        var archived = await house.ArticleAsync("CTO");
        await house.Get<ItemStore>().ArchiveAsync([archived]);
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, before) = await PlannedAsync();
        var overrides = house.Get<OverrideEditing>();

        await RefusedAsync(RefusalKind.NotFound, () => OverrideAsync(edition + 1, OverrideKind.Pin, item));
        await RefusedAsync(RefusalKind.NotFound, () => OverrideAsync(edition, OverrideKind.Pin, archived + 1));
        await RefusedAsync(RefusalKind.Invalid, () => OverrideAsync(edition, OverrideKind.Pin, archived));
        await RefusedAsync(RefusalKind.Invalid, () => OverrideAsync(edition, OverrideKind.Pin, item, "Whisperer of dragons"));
        await RefusedAsync(RefusalKind.Invalid, () => OverrideAsync(edition, OverrideKind.Pin, item, new string('x', 10_000)));
        await RefusedAsync(RefusalKind.Invalid, () => overrides.AddAsync(edition, OverrideKind.Order, [item, item], null, "test"));
        await RefusedAsync(RefusalKind.Invalid, () => overrides.AddAsync(edition, OverrideKind.Order, [item, archived], null, "test"));

        Assert.Empty(await house.Get<OverrideStore>().ListAsync(edition));
        Assert.Equal(before, (await house.Get<EditionStore>().GetAsync(edition)).PlanHash);
        Assert.DoesNotContain(await house.Get<AuditStore>().LatestAsync(100), entry => entry.Action.StartsWith("edition steered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_approved_edition_is_not_steered()
    {
        var item = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, _) = await PlannedAsync();
        await house.Get<EditionSteps>().ApproveAsync(edition, null, "test");

        await RefusedAsync(RefusalKind.Conflict, () => OverrideAsync(edition, OverrideKind.Exclude, item));

        Assert.Equal([item], await house.ItemsOfAsync(edition, "cto@example.com"));
    }

    [Fact]
    public async Task A_plan_that_fails_takes_its_move_with_it()
    {
        var item = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, before) = await PlannedAsync();
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync($"alter table deliveries_{edition} add constraint broken check (state <> 'skipped')");

        await Assert.ThrowsAnyAsync<Exception>(() => OverrideAsync(edition, OverrideKind.Exclude, item));

        Assert.Empty(await house.Get<OverrideStore>().ListAsync(edition));
        Assert.Equal(before, (await house.Get<EditionStore>().GetAsync(edition)).PlanHash);
        Assert.Equal([item], await house.ItemsOfAsync(edition, "cto@example.com"));
    }

    [Fact]
    public async Task A_scheduled_time_survives_steering()
    {
        var item = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        var (edition, _) = await PlannedAsync();
        var at = house.Time.GetUtcNow().AddHours(5);
        await house.Get<EditionSteps>().ScheduleAsync(edition, at, "test");

        await OverrideAsync(edition, OverrideKind.Pin, item);

        Assert.Equal(at, (await house.Get<EditionStore>().GetAsync(edition)).SendAt);
    }

    private async Task<(long Edition, string Hash)> PlannedAsync()
    {
        await house.DigestAsync();
        var plan = await house.PlanAsync();
        return (plan.Edition, plan.PlanHash);
    }

    private Task<EditionPlan> OverrideAsync(long edition, string kind, long item, string? role = null) =>
        house.Get<OverrideEditing>().AddAsync(edition, kind, [item], role, "test");

    private static async Task RefusedAsync(RefusalKind kind, Func<Task> action) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<Refusal>(action)).Kind);
}
