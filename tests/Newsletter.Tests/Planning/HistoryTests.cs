using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;
using Newsletter.Newsroom;
using Newsletter.Planning;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Planning;

/// <summary>The same, read from pages.</summary>
public sealed class PackedHistoryTests : HistoryTests
{
    protected override async Task<long> SendAsync(string slug = TestProduct.Digest)
    {
        var edition = await base.SendAsync(slug);
        Assert.True(await Home.Get<HistoryPageStore>().PackAsync(edition, default));
        return edition;
    }
}

/// <summary>Nobody gets an item or its story twice; what did not arrive comes again.</summary>
public class HistoryTests : IAsyncLifetime
{
    private const string Email = "cto@example.com";
    private const string Long =
        "A maker of bearings replaced a hosted model with one of three billion parameters that runs beside the press. "
        + "Faults are found sooner and nothing leaves the building.";

    private readonly TestProduct house = new();

    protected TestProduct Home => house;

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ReaderAsync(Email, "CTO");
    }

    public Task DisposeAsync() => house.DisposeAsync();

    protected virtual Task<long> SendAsync(string slug = TestProduct.Digest) => house.SendAsync(slug);

    private async Task<IReadOnlyList<long>> NextAsync() => await house.ItemsOfAsync((await house.PlanAsync()).Edition, Email);

    private Task<SavedItem> StoryAsync(string publication, string summary = Long) => house.Get<ItemStore>().SaveAsync(
        new ItemContent { Title = "Small language models win on the factory floor", Summary = summary, BestFor = ["CTO"], Publication = publication });

    [Fact]
    public async Task A_story_told_anew_by_another_item_does_not_come_again()
    {
        var first = await StoryAsync("A Journal");
        Assert.Equal([first.Id], await house.ItemsOfAsync(await SendAsync(), Email));
        var again = await StoryAsync("Another Journal", Long.Replace("Faults", "All faults", StringComparison.Ordinal));
        Assert.Equal(first.Id, again.NearDuplicateOf);

        Assert.Empty(await NextAsync());
        Assert.All(
            (await house.Get<Explaining>().WhyAsync((await house.PlanAsync()).Edition, Email)).Withheld,
            item => Assert.Equal("seen", item.Kind));
    }

    [Fact]
    public async Task One_mail_has_one_of_two_items_that_tell_a_story()
    {
        await StoryAsync("A Journal");
        await StoryAsync("Another Journal");

        Assert.Single(await NextAsync());
    }

    [Fact]
    public async Task An_item_imported_again_with_another_text_and_other_labels_does_not_come_again()
    {
        var item = await StoryAsync("A Journal");
        await SendAsync();

        var saved = await house.Get<ItemStore>().SaveAsync(new ItemContent
        {
            Title = "Small language models win on the factory floor", Summary = "All is told in other words.",
            BestFor = ["VP of Engineering"], Publication = "A Journal",
        });
        await house.Get<ItemStore>().AddLabelsAsync(item.Id, ["Chief Technology Officer"]);

        Assert.Equal((item.Id, ItemChange.Updated), (saved.Id, saved.Change));
        Assert.Empty(await NextAsync());
    }

    [Fact]
    public async Task What_is_merged_with_an_item_that_was_sent_does_not_come_again_though_merged_once_more()
    {
        var sent = await house.ArticleAsync("CTO");
        await SendAsync();
        var (second, third, fourth) = (await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO"), await house.ArticleAsync("CTO"));
        Assert.Equal([second, third, fourth], (await NextAsync()).Order());

        await house.Get<StoryStore>().MergeAsync([sent, second], "test");
        Assert.Equal([third, fourth], (await NextAsync()).Order());
        await house.Get<StoryStore>().MergeAsync([second, third], "test");
        Assert.Equal([fourth], await NextAsync());
    }

    [Fact]
    public async Task An_item_archived_after_it_was_sent_keeps_its_story_from_coming_again()
    {
        var sent = await StoryAsync("A Journal");
        await SendAsync();
        await house.Get<ItemStore>().ArchiveAsync([sent.Id]);
        await StoryAsync("Another Journal");

        Assert.Empty(await NextAsync());
    }

    [Fact]
    public async Task A_delivery_that_failed_gives_its_items_back_to_its_reader_alone()
    {
        await house.ReaderAsync("fine@example.com", "CTO");
        var item = await house.ArticleAsync("CTO");
        house.Faults.On(Step.Rcpt, new Deed.Reply(552, "5.2.2 mailbox full"), recipient: Email);
        var edition = await SendAsync();
        Assert.Equal((1, 1), ((await house.AccountAsync(edition)).Failed, (await house.AccountAsync(edition)).Sent));

        var next = (await house.PlanAsync()).Edition;

        Assert.Equal([item], await house.ItemsOfAsync(next, Email));
        Assert.Empty(await house.ItemsOfAsync(next, "fine@example.com"));
    }

    [Fact]
    public async Task A_missed_edition_gives_its_items_back()
    {
        var item = await house.ArticleAsync("CTO");
        var now = house.Time.GetUtcNow();
        await house.Get<EditionPlanning>().PlanAsync(await house.Get<DigestStore>().GetAsync(TestProduct.Digest), now.AddHours(1));
        house.Time.SetUtcNow(now.AddDays(1));
        await house.Get<DueEditions>().StartAsync();

        Assert.Equal([item], await NextAsync());
    }

    [Fact]
    public async Task What_was_too_little_rolls_over_and_comes_next_time_whatever_there_is()
    {
        await house.DigestAsync(d => d with { Slug = "full", MinItems = 2 });
        await house.ReaderAsync("patient@example.com", new Preferences { Roles = ["CTO"], TooFew = "roll_over" });
        var item = await house.ArticleAsync("CTO");
        var first = await SendAsync("full");
        var why = await house.Get<Explaining>().WhyAsync(first, "patient@example.com");
        Assert.Equal(("skipped", "fewer unseen items fit than the digest's minimum: the items are kept for the next edition"), (why.State, why.Note));

        var second = await SendAsync("full");
        Assert.Equal([item], await house.ItemsOfAsync(second, "patient@example.com"));
        Assert.Empty(await house.ItemsOfAsync(second, Email));

        await house.ArticleAsync("CTO");
        Assert.Empty(await house.ItemsOfAsync(await SendAsync("full"), "patient@example.com"));
    }

    [Fact]
    public async Task Who_widens_gets_a_nearby_item_once_and_the_mail_says_what_it_is()
    {
        await house.DigestAsync(d => d with { Slug = "full", MinItems = 2 });
        await house.ReaderAsync("wide@example.com", new Preferences { Roles = ["CTO"], TooFew = "widen" });
        await house.ArticleAsync("CTO");
        var near = await house.ArticleAsync("VP of Engineering");

        var edition = await SendAsync("full");

        Assert.Contains(near, await house.ItemsOfAsync(edition, "wide@example.com"));
        var mail = house.MailsTo("wide@example.com").Single().Message;
        Assert.Contains("Close to your role: CTO", mail.TextBody);
        Assert.Contains("Close to your role: CTO", mail.HtmlBody);
        Assert.Empty(await house.ItemsOfAsync((await house.PlanAsync("full")).Edition, "wide@example.com"));
    }
}
