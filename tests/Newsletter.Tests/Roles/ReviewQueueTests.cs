using Newsletter.Roles;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Roles;

public sealed class ReviewQueueTests(TestProduct house) : IClassFixture<TestProduct>
{
    [Fact]
    public async Task A_label_taught_late_brings_the_items_and_readers_that_carry_it_together()
    {
        var article = await house.ArticleAsync("Grand Zorber");
        await house.ArticleAsync("Grand Zorbers", "CTO");
        await house.ReaderAsync("zoe@example.com", "Grand Zorber");
        await house.ReaderAsync("dan@example.com", "Designer");
        await house.DigestAsync();
        var before = await house.PlanAsync();
        Assert.DoesNotContain(article, await house.ItemsOfAsync(before.Edition, "zoe@example.com"));

        var waiting = (await house.Get<LabelStore>().ReviewAsync(100)).Labels.Single(l => l.Text == "Grand Zorber");
        Assert.Equal((2, 1), (waiting.Items, waiting.Subscribers));
        await house.Get<LabelStore>().TeachAsync("grand zorbers", ["designer"], "test");

        var plan = await house.PlanAsync();
        Assert.Contains(article, await house.ItemsOfAsync(plan.Edition, "zoe@example.com"));
        Assert.Contains(article, await house.ItemsOfAsync(plan.Edition, "dan@example.com"));
        Assert.Empty((await house.Get<LabelStore>().ReviewAsync(100)).Labels);
    }
}
