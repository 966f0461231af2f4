using Newsletter.Addresses;
using Newsletter.Choosing;
using Newsletter.Items;
using Newsletter.Mime;
using Newsletter.Newsroom;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Newsroom;

public sealed class ExplainingTests : IAsyncLifetime
{
    private const string Email = "cto@example.com";
    private readonly TestProduct house = new();

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.ReaderAsync(Email, new Preferences { Roles = ["CTO"], Topics = ["RAG"], MutedTopics = ["Crypto"] });
    }

    public Task DisposeAsync() => house.DisposeAsync();

    private async Task<Dictionary<long, string>> WithheldAsync(long edition) =>
        (await house.Get<Explaining>().WhyAsync(edition, Email)).Withheld.ToDictionary(w => w.Id, w => w.Reason);

    private static string Text(SplicedMail mail) => mail.TextBody;

    [Fact]
    public async Task Everything_that_is_withheld_says_why()
    {
        await house.DigestAsync();
        var seen = await house.ArticleAsync("CTO");
        await house.SendAsync();
        var muted = await house.ArticleAsync(c => c with { Topics = ["crypto", "RAG"] }, "CTO");
        var excluded = await house.ArticleAsync("CTO");
        var unfit = await house.ArticleAsync("Tech Journalist", "Recruiter");
        var told = await house.ArticleAsync(c => c with { Publication = null }, "CTO");
        var toldAgain = await house.ArticleAsync(c => c with { Publication = null }, "CTO");
        await house.Get<StoryStore>().MergeAsync([told, toldAgain], "test");
        var many = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            many.Add(await house.ArticleAsync("CTO"));
        }
        var edition = (await house.PlanAsync()).Edition;
        await house.OverrideAsync(edition, OverrideKind.Exclude, excluded);
        await house.PlanAsync();

        var withheld = await WithheldAsync(edition);

        Assert.Equal([told, .. many[..5]], await house.ItemsOfAsync(edition, Email));
        Assert.Equal(
            new Dictionary<long, string>
            {
                [seen] = "You got it, or will get it, in another edition (this article or another on the same story).",
                [muted] = "You muted one of its topics.",
                [excluded] = "The editor left it out of this edition.",
                [unfit] = "It fits none of your roles: it is best for Tech Journalist, Recruiter.",
                [toldAgain] = "It tells the same story as another article in this mail.",
                [many[5]] = "This mail already has 5 articles from A Journal.",
            }.OrderBy(w => w.Key), withheld.OrderBy(w => w.Key));
        var kinds = (await house.Get<Explaining>().WhyAsync(edition, Email)).Withheld.ToDictionary(w => w.Id, w => w.Kind);
        Assert.Equal(
            ["seen", "muted", "excluded", "no_fit", "same_story", "variety"],
            new[] { seen, muted, excluded, unfit, toldAgain, many[5] }.Select(id => kinds[id]));
    }

    [Fact]
    public async Task What_is_over_the_limit_or_one_too_many_on_a_topic_says_so()
    {
        await house.DigestAsync(d => d with { MaxItems = 6 });
        var onTopic = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            onTopic.Add(await house.ArticleAsync(c => c with { Topics = ["RAG"], Publication = null }, "CTO"));
        }
        var last = await house.ArticleAsync("CTO");
        var over = await house.ArticleAsync("CTO");
        var edition = (await house.PlanAsync()).Edition;

        var withheld = await WithheldAsync(edition);

        Assert.Equal([.. onTopic[..5], last], await house.ItemsOfAsync(edition, Email));
        Assert.Equal("This mail already has 5 articles on one of its topics.", withheld[onTopic[5]]);
        Assert.Equal("Other articles fit you better, and this mail has at most 6 articles.", withheld[over]);
    }

    [Fact]
    public async Task What_a_reader_got_stays_told_after_they_changed_their_mind()
    {
        await house.DigestAsync();
        var item = await house.ArticleAsync(c => c with { Topics = ["RAG"] }, "CTO");
        var edition = await house.SendAsync();
        await house.Get<PreferenceChange>().ApplyAsync(
            (await house.Get<SubscriberStore>().GetAsync(EmailAddress.Parse(Email))).Id, p => p with { Roles = ["Recruiter"], Topics = [] });

        var why = await house.Get<Explaining>().WhyAsync(edition, Email);

        Assert.Equal([item], why.Items.Select(i => i.Id));
        Assert.Equal(["It is best for CTO, your role.", "You follow its topic RAG."], why.Items[0].Reasons.Select(r => r.Text));
        Assert.Empty(why.Withheld);
    }

    [Fact]
    public async Task A_preview_for_a_role_shows_what_its_new_reader_gets_and_goes_to_nobody()
    {
        await house.DigestAsync(d => d with { MinItems = 2 });
        await house.ArticleAsync("CTO");
        await house.ArticleAsync("Tech Journalist");
        await house.SendAsync();
        await house.ArticleAsync("CTO");
        var edition = (await house.PlanAsync()).Edition;

        var bySlug = (await house.Get<Preview>().OfRoleAsync(edition, "cto")).Mail;
        var byLabel = (await house.Get<Preview>().OfRoleAsync(edition, "Tech Journalist")).Mail;

        Assert.Contains("Article 1", Text(bySlug));
        Assert.Contains("Article 3", Text(bySlug));
        Assert.DoesNotContain("Article 2", Text(bySlug));
        Assert.Contains("Article 2", Text(byLabel));
        Assert.Equal("reader@example.com", bySlug.To);
        foreach (var nothing in new[] { "recruiter", "Underwater Welder" })
        {
            Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => house.Get<Preview>().OfRoleAsync(edition, nothing))).Kind);
        }
    }
}
