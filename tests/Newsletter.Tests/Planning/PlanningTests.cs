using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Planning;

public sealed class PlanningTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Each_reader_gets_what_fits_and_who_gets_nothing_is_accounted_with_the_reason()
    {
        var forLeaders = await house.ArticleAsync("CTO", "VP of Engineering/Data");
        var forProduct = await house.ArticleAsync("AI Product Manager");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.ReaderAsync("pm@example.com", "PM");
        await house.ReaderAsync("nurse@example.com", "Nurse");
        await house.DigestAsync();

        var plan = await house.PlanAsync();

        Assert.Equal((3, 2, 1), (plan.Subscribers, plan.Deliveries, plan.Empty));
        Assert.Equal([forLeaders], await house.ItemsOfAsync(plan.Edition, "cto@example.com"));
        Assert.Equal([forProduct], await house.ItemsOfAsync(plan.Edition, "pm@example.com"));
        var nurse = await house.Get<Explaining>().WhyAsync(plan.Edition, "nurse@example.com");
        Assert.Equal(("skipped", "no unseen item fits this reader's roles"), (nurse.State, nurse.Note));
        Assert.Equal(2, nurse.Withheld.Count);
    }

    [Fact]
    public async Task A_reader_without_roles_gets_the_leading_items_newest_first()
    {
        var older = await house.ArticleAsync("CTO");
        house.Time.Advance(TimeSpan.FromHours(1));
        var newer = await house.ArticleAsync("AI Engineer");
        await house.ReaderAsync("anybody@example.com");
        await house.DigestAsync(d => d with { MaxItems = 2 });

        var plan = await house.PlanAsync();

        Assert.Equal([newer, older], await house.ItemsOfAsync(plan.Edition, "anybody@example.com"));
        Assert.Equal("leading", (await house.Get<Explaining>().WhyAsync(plan.Edition, "anybody@example.com")).Items[0].Reasons.Single().Kind);
    }

    [Fact]
    public async Task The_same_role_comes_before_a_narrower_form_and_slots_limit_both()
    {
        var form = await house.ArticleAsync("AI Product Manager");
        var same = await house.ArticleAsync("Product Manager");
        var second = await house.ArticleAsync("Product Manager");
        await house.ReaderAsync("pm@example.com", "Product Manager");
        await house.DigestAsync(d => d with { MaxItems = 2 });

        var plan = await house.PlanAsync();

        Assert.Equal([same, second], await house.ItemsOfAsync(plan.Edition, "pm@example.com"));
        Assert.Contains((await house.Get<Explaining>().WhyAsync(plan.Edition, "pm@example.com")).Withheld,
            w => w.Id == form && w.Kind == "lower_fit");
    }

    [Fact]
    public async Task Reasons_name_the_role_and_the_label()
    {
        await house.ArticleAsync("VP of Engineering/Data");
        await house.ReaderAsync("vp@example.com", "VP of Data");
        await house.DigestAsync();

        var plan = await house.PlanAsync();

        var reason = (await house.Get<Explaining>().WhyAsync(plan.Edition, "vp@example.com")).Items.Single().Reasons.Single();
        Assert.Equal("It is best for “VP of Engineering/Data”, which means your role VP of Data.", reason.Text);
    }

    [Fact]
    public async Task Nobody_gets_an_item_twice_over_editions_of_all_digests()
    {
        var first = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync();
        await house.DigestAsync(d => d with { Slug = "daily" });
        var edition = await house.SendAsync();
        Assert.Equal([first], await house.ItemsOfAsync(edition, "cto@example.com"));
        var second = await house.ArticleAsync("CTO");

        var other = await house.PlanAsync("daily");

        Assert.Equal([second], await house.ItemsOfAsync(other.Edition, "cto@example.com"));
    }

    [Fact]
    public async Task Two_digests_planned_at_once_do_not_choose_an_item_for_one_person_twice()
    {
        for (var i = 0; i < 6; i++)
        {
            await house.ArticleAsync("CTO");
        }
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync(d => d with { MaxItems = 3 });
        await house.DigestAsync(d => d with { Slug = "daily", MaxItems = 3 });

        var plans = await Task.WhenAll(Task.Run(() => house.PlanAsync()), Task.Run(() => house.PlanAsync("daily")));

        var chosen = new List<long>();
        foreach (var plan in plans)
        {
            chosen.AddRange(await house.ItemsOfAsync(plan.Edition, "cto@example.com"));
        }
        Assert.Equal(6, chosen.Distinct().Count());
    }

    [Fact]
    public async Task A_role_that_another_process_imported_a_moment_ago_is_planned_and_simulated_for()
    {
        await house.DigestAsync();
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.ArticleAsync("CTO");
        await house.PlanAsync();
        var elsewhere = new TaxonomyStore(house.Database.DataSource, house.Time);
        await new TaxonomyImport(house.Database.DataSource, elsewhere, house.Get<AuditStore>(), house.Time).RunAsync(
            TaxonomyFile.Parse("""{"roles":[{"slug":"model-zookeeper","name":"Model Zookeeper","level":"individual","domains":["ai-ml"]}]}"""), "test");
        await house.ReaderAsync("zoe@example.com", "Model Zookeeper");
        var article = await house.ArticleAsync("Model Zookeeper");

        var simulated = await house.Get<Simulation>().RunAsync(TestProduct.Digest, new WhatIf());
        var plan = await house.PlanAsync();

        Assert.Equal(1, simulated.ByRole.Single(r => r.Role == "model-zookeeper").One);
        Assert.Equal([article], await house.ItemsOfAsync(plan.Edition, "zoe@example.com"));
    }

    [Fact]
    public async Task Roles_may_be_imported_and_labels_taught_while_editions_are_planned_and_simulated()
    {
        await house.DigestAsync();
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.ArticleAsync("CTO");
        var elsewhere = new TaxonomyStore(house.Database.DataSource, house.Time);
        var import = new TaxonomyImport(house.Database.DataSource, elsewhere, house.Get<AuditStore>(), house.Time);
        var labels = new LabelStore(house.Database.DataSource, elsewhere, house.Get<AuditStore>(), house.Time);

        var editing = Task.Run(async () =>
        {
            for (var i = 0; i < 15; i++)
            {
                await import.RunAsync(TaxonomyFile.Parse(
                    $$"""{"roles":[{"slug":"zookeeper-{{i}}","name":"Zookeeper of kind {{i}}","neighbours":{"cto":0.{{i + 10}} }"""
                    + ""","level":"individual","domains":["ai-ml"]}]}"""), "test");
                await labels.TeachAsync($"Keeper {i} of all zoos", [$"zookeeper-{i}"], "test");
                await house.ReaderAsync($"zoe{i}@example.com", $"Zookeeper of kind {i}", "CTO");
                await house.ArticleAsync($"Zookeeper of kind {i}", $"Keeper {i} of all zoos");
            }
        });
        while (!editing.IsCompleted)
        {
            await house.PlanAsync();
            await house.Get<Simulation>().RunAsync(TestProduct.Digest, new WhatIf { Widen = true });
        }
        await editing;
        var plan = await house.PlanAsync();

        Assert.Equal(16, plan.Deliveries);
        Assert.Equal(2, (await house.ItemsOfAsync(plan.Edition, "zoe14@example.com")).Count);
    }

    [Fact]
    public async Task Planning_again_replaces_the_unapproved_plan_and_gives_its_items_back()
    {
        var item = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync();

        var first = await house.PlanAsync();
        var again = await house.PlanAsync();

        Assert.Equal((first.Edition, first.PlanHash), (again.Edition, again.PlanHash));
        Assert.Equal([item], await house.ItemsOfAsync(again.Edition, "cto@example.com"));
        Assert.Equal(1, (await house.AccountAsync(again.Edition)).Planned);
    }

    [Fact]
    public async Task An_approved_plan_stays_and_the_next_one_is_another_edition()
    {
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync();
        var first = await house.PlanAsync();
        await house.Get<EditionSteps>().ApproveAsync(first.Edition, first.PlanHash, "test");

        var next = await house.PlanAsync();

        Assert.NotEqual(first.Edition, next.Edition);
        Assert.Equal((1, 0), (next.Empty, next.Deliveries));
    }

    [Fact]
    public async Task A_cancelled_edition_gives_its_unsent_items_back()
    {
        var item = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync();
        await house.Get<EditionSteps>().CancelAsync(await house.StartAsync(), "test");

        var next = await house.PlanAsync();

        Assert.Equal([item], await house.ItemsOfAsync(next.Edition, "cto@example.com"));
    }

    [Fact]
    public async Task An_item_that_was_sent_stays_seen_though_its_edition_was_cancelled_later()
    {
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync();
        var edition = await house.StartAsync();
        await house.RunAsync(edition);
        await using (var connection = await house.Database.DataSource.OpenConnectionAsync())
        await using (var command = new Npgsql.NpgsqlCommand($"update editions set state = 'sending' where id = {edition}", connection))
        {
            await command.ExecuteNonQueryAsync();
        }
        await house.Get<EditionSteps>().CancelAsync(edition, "test");

        Assert.Equal(0, (await house.PlanAsync()).Deliveries);
    }

    [Fact]
    public async Task A_label_taught_later_reaches_the_item_and_the_reader_that_carry_it()
    {
        var item = await house.ArticleAsync("Prompt Whisperer");
        await house.ReaderAsync("whisperer@example.com", "Prompt Whisperer");
        await house.DigestAsync();
        Assert.Equal(0, (await house.PlanAsync()).Deliveries);

        await house.Get<LabelStore>().TeachAsync("prompt whisperer", ["prompt-engineer"], "test");

        Assert.Equal([item], await house.ItemsOfAsync((await house.PlanAsync()).Edition, "whisperer@example.com"));
    }

    [Fact]
    public async Task People_who_do_not_want_mail_now_have_no_row_and_suppressed_ones_are_skipped()
    {
        await house.ArticleAsync("CTO");
        await house.DigestAsync();
        await house.Get<AddSubscriber>().AddAsync(EmailAddress.Parse("pending@example.com"), new Preferences { Roles = ["CTO"] }, confirmed: false, "test");
        await house.ReaderAsync("paused@example.com", new Preferences { Roles = ["CTO"], Cadence = "paused" });
        var gone = await house.ReaderAsync("gone@example.com", "CTO");
        await house.Get<Unsubscribing>().LeaveAsync(gone.Id);
        await house.ReaderAsync("suppressed@example.com", "CTO");
        await house.Get<SuppressionStore>().AddAsync(EmailAddress.Parse("suppressed@example.com"), "complained", "test");

        var plan = await house.PlanAsync();

        Assert.Equal((1, 0, 1), (plan.Subscribers, plan.Deliveries, plan.Empty));
        Assert.Equal("the address is suppressed", (await house.Get<Explaining>().WhyAsync(plan.Edition, "suppressed@example.com")).Note);
    }

    [Fact]
    public async Task Fewer_items_than_the_minimum_skip_the_reader()
    {
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync(d => d with { MinItems = 2 });

        var plan = await house.PlanAsync();

        Assert.Equal("fewer unseen items fit than the digest's minimum", (await house.Get<Explaining>().WhyAsync(plan.Edition, "cto@example.com")).Note);
    }

    [Fact]
    public async Task Archived_and_old_items_are_no_candidates_and_a_plan_of_nothing_is_an_edition_still()
    {
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.DigestAsync(d => d with { CandidateDays = 3 });
        house.Time.Advance(TimeSpan.FromDays(4));
        await house.Get<ItemStore>().ArchiveAsync([await house.ArticleAsync("CTO")]);

        var plan = await house.PlanAsync();

        Assert.Equal((1, 0, 1), (plan.Subscribers, plan.Deliveries, plan.Empty));
        Assert.Equal("planned", await house.StateAsync(plan.Edition));
    }

    [Fact]
    public async Task Readers_who_differ_in_nothing_that_matters_share_a_cohort_and_a_composition()
    {
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("a@example.com", "CTO");
        await house.ReaderAsync("b@example.com", "Chief Technology Officer", "Recruiter");
        await house.DigestAsync();

        var plan = await house.PlanAsync();

        Assert.Equal((2, 1, 1), (plan.Deliveries, plan.Cohorts, plan.Compositions));
    }
}
