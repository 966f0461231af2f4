using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Membership;
using Newsletter.Roles;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Planning;

/// <summary>What was planned from other inputs than those of today is neither approved nor sent.</summary>
public sealed class ChangedInputsTests : IAsyncLifetime
{
    private readonly TestProduct house = new();
    private long first;
    private long second;

    private EditionSteps Steps => house.Get<EditionSteps>();

    /// <summary>A change that nobody may overlook, and how it is told.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "slots", "the digest's slots were 1 to 8 and are now 2 to 7" },
        { "days", "an item was a candidate for 30 days and is now for 40" },
        { "archived", "item 1 was archived or lost its roles" },
        { "roles", "item 1 is now best for other roles" },
        { "topics", "item 1 now has other topics" },
        { "story", "items 1 and 2 are now known to tell one story" },
        { "hand", "the editor's overrides have changed" },
        { "neighbours", "the role cto has a different level, family, domain, form or neighbour" },
        { "forms", "the role cto has a different level, family, domain, form or neighbour" },
    };

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.DigestAsync();
        first = await house.ArticleAsync("CTO");
        second = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
    }

    public Task DisposeAsync() => house.DisposeAsync();

    private async Task ChangeAsync(string what, long edition)
    {
        var digest = await house.Get<DigestStore>().GetAsync(TestProduct.Digest);
        switch (what)
        {
            case "slots":
                await house.Get<DigestStore>().EditAsync(digest with { MinItems = 2, MaxItems = 7 });
                break;
            case "days":
                await house.Get<DigestStore>().EditAsync(digest with { CandidateDays = 40 });
                break;
            case "archived":
                await house.Get<ItemStore>().ArchiveAsync([first]);
                break;
            case "roles":
                await house.Get<ItemStore>().AddLabelsAsync(first, ["Tech Journalist"]);
                break;
            case "topics":
                await RewriteAsync(content => content with { Topics = ["RAG"] });
                break;
            case "story":
                await house.Get<StoryStore>().MergeAsync([first, second], "test");
                break;
            case "hand":
                await house.OverrideAsync(edition, OverrideKind.Exclude, second);
                break;
            case "neighbours":
                await ChangeRoleAsync("cto", role => role with { Neighbours = new Dictionary<string, double> { ["lawyer"] = 0.9 } });
                break;
            case "forms":
                await ChangeRoleAsync("cto", role => role with { Broader = ["executive"] });
                break;
        }
    }

    private async Task ChangeRoleAsync(string slug, Func<TaxonomyFile.Entry, TaxonomyFile.Entry> change)
    {
        var file = await house.Get<TaxonomyStore>().ExportAsync();
        await house.Get<TaxonomyImport>().RunAsync(file with { Roles = [.. file.Roles.Select(r => r.Slug == slug ? change(r) : r)] }, "test");
    }

    private Task RewriteAsync(Func<ItemContent, ItemContent> change) => house.Get<ItemStore>().SaveAsync(change(
        new ItemContent { Title = "Article 1", Summary = "What article 1 says.", BestFor = ["CTO"], Publication = "A Journal" }));

    private static async Task<string> ConflictAsync(Func<Task> step)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(step);
        Assert.Equal(RefusalKind.Conflict, refusal.Kind);
        return refusal.Message;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_plan_whose_inputs_changed_is_not_approved_until_it_is_planned_again(string what, string told)
    {
        var plan = await house.PlanAsync();
        await ChangeAsync(what, plan.Edition);

        var message = await ConflictAsync(() => Steps.ApproveAsync(plan.Edition, plan.PlanHash, "test"));

        Assert.Contains(told, message);
        Assert.Contains("newsletter editions plan weekly", message);
        Assert.Equal("planned", await house.StateAsync(plan.Edition));
        await Steps.ApproveAsync((await house.PlanAsync()).Edition, null, "test");
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task An_approved_plan_whose_inputs_changed_is_not_sent(string what, string told)
    {
        var edition = (await house.PlanAsync()).Edition;
        await Steps.ApproveAsync(edition, null, "test");
        await ChangeAsync(what, edition);

        var message = await ConflictAsync(() => Steps.SendAsync(edition, "test"));

        Assert.Contains(told, message);
        Assert.Contains($"newsletter editions cancel {edition}", message);
        Assert.Equal("approved", await house.StateAsync(edition));
        await house.RunAsync(edition);
        Assert.Empty(house.Mails.Mails);
    }

    [Fact]
    public async Task All_changes_at_once_are_told_three_by_three()
    {
        var plan = await house.PlanAsync();
        foreach (var what in new[] { "slots", "days", "roles", "story", "hand" })
        {
            await ChangeAsync(what, plan.Edition);
        }

        Assert.Contains("; and 2 more.", await ConflictAsync(() => Steps.ApproveAsync(plan.Edition, null, "test")));
    }

    [Fact]
    public async Task People_who_came_or_left_new_items_and_new_texts_change_no_plan_and_what_was_approved_is_what_is_sent()
    {
        var gone = await house.ReaderAsync("gone@example.com", "CTO");
        var plan = await house.PlanAsync();
        await house.ReaderAsync("new@example.com", "CTO");
        await house.ArticleAsync("CTO");
        await RewriteAsync(content => content with { Summary = "A text that nobody approved." });
        await Steps.ApproveAsync(plan.Edition, plan.PlanHash, "test");

        await house.Get<Unsubscribing>().LeaveAsync(gone.Id);
        await RewriteAsync(content => content with { Summary = "Another text that nobody approved." });
        house.Time.Advance(TimeSpan.FromDays(29));
        await Steps.SendAsync(plan.Edition, "test");
        await house.RunAsync(plan.Edition);

        var mail = Assert.Single(house.Mails.Mails);
        Assert.Equal(["cto@example.com"], mail.Recipients);
        Assert.Contains("What article 1 says.", mail.Message.TextBody);
        Assert.DoesNotContain("nobody approved", mail.Message.TextBody);
        Assert.DoesNotContain("Article 3", mail.Message.TextBody);
        Assert.Equal(1, (await house.AccountAsync(plan.Edition)).Skipped);
    }

    [Fact]
    public async Task An_item_that_nobody_was_to_get_may_change_as_it_likes()
    {
        var other = await house.ArticleAsync("Tech Journalist");
        var plan = await house.PlanAsync();
        await house.Get<ItemStore>().ArchiveAsync([other]);

        await Steps.ApproveAsync(plan.Edition, plan.PlanHash, "test");
    }

    [Fact]
    public async Task A_role_renamed_and_what_becomes_of_roles_that_nobody_has_in_it_change_no_plan()
    {
        var plan = await house.PlanAsync();
        await ChangeRoleAsync("cto", role => role with { Name = "Technology Chief", Aliases = [.. role.Aliases, role.Name] });
        await ChangeRoleAsync("lawyer", role => role with { Broader = ["compliance-officer"] });
        await house.Get<TaxonomyImport>().RunAsync(TaxonomyFile.Parse(
            """{"roles":[{"slug":"new-here","name":"New Here","neighbours":{"cto":0.9},"level":"executive","domains":["engineering"]}]}"""), "test");

        await Steps.ApproveAsync(plan.Edition, plan.PlanHash, "test");
        await Steps.SendAsync(plan.Edition, "test");
    }

    [Fact]
    public async Task A_form_that_went_by_way_of_another_role_is_missed_too()
    {
        await house.ReaderAsync("ml@example.com", "Machine Learning Engineer");
        await ChangeRoleAsync("ml-engineer", role => role with { Broader = ["ai-engineer"] });
        await ChangeRoleAsync("ai-engineer", role => role with { Broader = ["software-engineer"] });
        var article = await house.ArticleAsync("Software Engineer");
        var plan = await house.PlanAsync();
        Assert.Equal([article], await house.ItemsOfAsync(plan.Edition, "ml@example.com"));
        await ChangeRoleAsync("ai-engineer", role => role with { Broader = [] });

        Assert.Contains("the role ml-engineer has a different", await ConflictAsync(() => Steps.ApproveAsync(plan.Edition, plan.PlanHash, "test")));
    }

    [Fact]
    public async Task The_hash_is_over_how_roles_stand_to_each_other_too()
    {
        var plan = await house.PlanAsync();
        Assert.Equal(plan.PlanHash, (await house.PlanAsync()).PlanHash);
        await ChangeRoleAsync("lawyer", role => role with { Broader = ["compliance-officer"] });

        Assert.NotEqual(plan.PlanHash, (await house.PlanAsync()).PlanHash);
    }

    [Fact]
    public async Task A_plan_of_a_version_that_kept_no_roles_is_approved_still()
    {
        var plan = await house.PlanAsync();
        await house.ExecuteAsync("update editions set inputs = inputs - 'roles' where id = $1", plan.Edition);
        await ChangeRoleAsync("cto", role => role with { Level = RoleLevel.Director });

        await Steps.ApproveAsync(plan.Edition, plan.PlanHash, "test");
    }

    [Fact]
    public async Task By_the_clock_too_nothing_is_sent_and_the_edition_says_why()
    {
        var plan = await house.PlanAsync();
        await Steps.ScheduleAsync(plan.Edition, house.Time.GetUtcNow().AddHours(1), "test");
        await Steps.ApproveAsync(plan.Edition, null, "test");
        await house.Get<ItemStore>().ArchiveAsync([first]);
        house.Time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(await house.Get<DueEditions>().StartAsync());

        var edition = await house.Get<EditionStore>().GetAsync(plan.Edition);
        Assert.Equal("approved", edition.State);
        Assert.Contains($"item {first} was archived or lost its roles", edition.Note);
    }
}
