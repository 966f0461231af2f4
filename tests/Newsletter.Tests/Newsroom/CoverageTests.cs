using Newsletter.Choosing;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Newsroom;

public sealed class CoverageTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Each_role_has_its_readers_items_mails_and_the_number_of_items_that_would_help_most()
    {
        long[] forLeaders = [await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO")];
        var forProduct = await house.ArticleAsync("Product Manager");
        await house.ReaderAsync("cto1@example.com", "CTO");
        await house.ReaderAsync("cto2@example.com", "CTO", "Product Manager");
        await house.ReaderAsync("pm@example.com", "Product Manager");
        await house.ReaderAsync("press1@example.com", "Journalist");
        await house.ReaderAsync("press2@example.com", "Journalist");
        var edition = await PlanAsync();

        var coverage = await house.Get<Coverage>().OfAsync(edition);

        var cto = Of(coverage, "cto");
        Assert.Equal((2, 2, 2), (cto.Readers, cto.Mails, cto.Full));
        Assert.Equal(forLeaders, cto.Items);
        Assert.Null(cto.Suggestion);
        var product = Of(coverage, "product-manager");
        Assert.Equal((2, 2, 1), (product.Readers, product.Mails, product.Full));
        Assert.Contains(forProduct, product.Items);
        Assert.Equal(new CoverageSuggestion(2, 1), product.Suggestion);
        var press = Of(coverage, "journalist");
        Assert.Equal((2, 0, 0, 0), (press.Readers, press.Items.Count, press.Mails, press.Full));
        Assert.Equal("3 more items for Journalist give 2 readers a full edition", press.Suggestion!.For("Journalist"));
    }

    [Fact]
    public async Task The_number_that_fills_most_mails_an_item_is_suggested()
    {
        await house.ArticleAsync("CTO");
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("had@example.com", "CTO");
        var first = await PlanAsync();
        await SendAsync(first);
        house.Time.Advance(TimeSpan.FromDays(7));
        await house.ArticleAsync("CTO");
        foreach (var name in (string[])["a", "b", "c"])
        {
            // Three lack nothing; of those who had two before, one lacks two.
            await house.ReaderAsync($"{name}@example.com", "CTO");
        }

        var coverage = await house.Get<Coverage>().OfAsync((await house.PlanAsync()).Edition);

        Assert.Equal(3, Of(coverage, "cto").Full);
        Assert.Equal(new CoverageSuggestion(2, 1), Of(coverage, "cto").Suggestion);
    }

    [Fact]
    public async Task Days_are_counted_since_a_role_last_got_something()
    {
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.ReaderAsync("press@example.com", "Journalist");
        await SendAsync(await PlanAsync());
        house.Time.Advance(TimeSpan.FromDays(9));

        var coverage = await house.Get<Coverage>().OfAsync((await house.PlanAsync()).Edition);

        Assert.Equal(9, Of(coverage, "cto").DaysSince);
        Assert.Null(Of(coverage, "journalist").DaysSince);
    }

    [Fact]
    public async Task The_hand_is_told_item_by_item()
    {
        var item = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        var edition = await PlanAsync();
        await house.Get<OverrideEditing>().AddAsync(edition, OverrideKind.Pin, [item], "cto", "test");

        var coverage = await house.Get<Coverage>().OfAsync(edition);

        Assert.Equal([new CoveredOverride("pin", "CTO")], coverage.Items.Single().Moves);
    }

    [Fact]
    public async Task The_editors_order_is_told_by_place()
    {
        await house.DigestAsync();
        await house.ReaderAsync("cto@example.com", "CTO");
        var (first, second) = (await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO"));
        var edition = (await house.PlanAsync()).Edition;
        await house.Get<OverrideEditing>().AddAsync(edition, OverrideKind.Order, [second, first], null, "test");

        var coverage = await house.Get<Coverage>().OfAsync(edition);

        Assert.Equal(["order, position 2", "order, position 1"], coverage.Items.Select(i => i.Moves.Single().ToString()));
    }

    [Fact]
    public async Task An_unknown_edition_is_refused() =>
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => house.Get<Coverage>().OfAsync(17))).Kind);

    private async Task<long> PlanAsync()
    {
        await house.DigestAsync(d => d with { MaxItems = 3 });
        return (await house.PlanAsync()).Edition;
    }

    private async Task SendAsync(long edition)
    {
        await house.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await house.Get<EditionSteps>().SendAsync(edition, "test");
        await house.RunAsync(edition);
    }

    private static RoleCoverage Of(CoverageReport coverage, string role) => coverage.Roles.Single(r => r.Role == role);
}
