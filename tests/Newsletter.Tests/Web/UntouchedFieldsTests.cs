using System.Text;
using Microsoft.Playwright;
using Newsletter.Addresses;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Subscribers;
using Newsletter.Tests.EndToEnd;
using Newsletter.Transfer;

namespace Newsletter.Tests.Web;

/// <summary>A form saves what a person changed, and leaves everything else to the letter.</summary>
[Collection(nameof(SiteInBrowser))]
public sealed class UntouchedFieldsTests(Site site, Browser browser)
{
    [Fact]
    public async Task Another_hour_changes_the_hour_alone()
    {
        var email = site.NewAddress();
        var csv = $"""
            email,name,roles,topics,muted_topics,status
            {email},Cleo,"Head of Data, EMEA;cto","Trust, Safety;Chips","Mergers, Deals;Golf",confirmed
            """;
        await site.Get<SubscriberImport>().RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "asked for it", "test", CancellationToken.None);
        var before = (await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(email)))!;
        Assert.Equal(["Trust, Safety", "Chips"], before.Preferences.Topics);

        await SaveAsync(before, page => page.GetByLabel("Hour", new() { Exact = true }).SelectOptionAsync("7"));
        await AssertAsync(before.Id, before.Preferences with { Hour = 7 });
    }

    [Theory]
    [InlineData("update subscribers set too_few = null, depth = null, hour = null, weekday = null, name = null")]
    [InlineData("update subscribers set too_few = 'skip', weekday = 0, hour = 0, cadence = 'weekly', name = 'O''Hara, \"<b>\" & Co'")]
    [InlineData("update subscribers set topics = array['a, b', 'c & d', '<e>', '\"f\"'], muted_topics = array['g,h', ' i ']")]
    [InlineData("update subscribers set topics = array(select 'Topic, number ' || i from generate_series(1, 50) i)")]
    [InlineData("update subscribers set paused_until = '2020-01-01', timezone = 'US/Pacific', language = 'pt-br'")]
    public async Task Whatever_is_stored_stays(string change)
    {
        var reader = await site.SubscriberAsync("Data Engineer", "Head of Data, EMEA", "VP, Product & Growth", "CTO");
        await site.ExecuteAsync($"{change} where id = {reader.Id}");
        var stored = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences;

        await SaveAsync(reader, page => page.GetByLabel("Depth of an article").SelectOptionAsync("full"));
        await AssertAsync(reader.Id, stored with { Depth = "full" });
    }

    /// <summary>In another tab, by an import, by an operator.</summary>
    [Fact]
    public async Task What_was_saved_elsewhere_meanwhile_is_not_undone()
    {
        var reader = await site.SubscriberAsync("CTO", "Head of Data, EMEA");
        await SaveAsync(reader, async page =>
        {
            await site.Get<PreferenceChange>().ApplyAsync(reader.Id, p => p with { Topics = ["Chips"], Cadence = "daily", Roles = ["CTO", "Teacher"] });
            await page.GetByLabel("Hour", new() { Exact = true }).SelectOptionAsync("7");
        });
        var saved = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences;
        Assert.Equal((7, "daily"), (saved.Hour, saved.Cadence));
        Assert.Equal(["Chips"], saved.Topics);
        Assert.Equal(["CTO", "Teacher"], saved.Roles);
    }

    [Fact]
    public async Task A_label_of_an_article_with_a_semicolon_stays_one_role()
    {
        await site.ItemAsync("For lighthouse keepers", "Keeper of Lights (North; South)");
        var reader = await site.SubscriberAsync("Keeper of Lights (North, South)");
        var stored = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences;
        Assert.Equal(["Keeper of Lights (North; South)"], stored.Roles);

        await SaveAsync(reader, page => page.GetByLabel("Hour", new() { Exact = true }).SelectOptionAsync("7"));
        await AssertAsync(reader.Id, stored with { Hour = 7 });
    }

    [Fact]
    public async Task One_topic_more_leaves_the_others()
    {
        var reader = await site.SubscriberAsync("Head of Data, EMEA");
        await site.ExecuteAsync($"update subscribers set topics = array['Trust, Safety'] where id = {reader.Id}");
        await SaveAsync(reader, async page =>
        {
            await page.GetByLabel("Follow").FillAsync(await page.GetByLabel("Follow").InputValueAsync() + "\nChips, Fabs");
            await page.GetByLabel("In your own words").FillAsync("Head of Data, EMEA\nChief Wizard, Night Shift");
        });
        var saved = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences;
        Assert.Equal(["Trust, Safety", "Chips, Fabs"], saved.Topics);
        Assert.Equal(["Head of Data, EMEA", "Chief Wizard, Night Shift"], saved.Roles);
    }

    [Fact]
    public async Task What_a_form_does_not_have_stays()
    {
        var reader = await site.SubscriberAsync("CTO", "Head of Data, EMEA");
        await site.ExecuteAsync($"update subscribers set topics = array['RAG'], name = 'Cleo', cadence = 'daily' where id = {reader.Id}");
        var stored = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences;
        using var client = site.Stranger();
        using var answer = await client.PostAsync(PathOf(reader), Site.Form(("Form.Hour", "9")));
        Assert.True(answer.IsSuccessStatusCode);
        await AssertAsync(reader.Id, stored with { Hour = 9 });
    }

    [Theory]
    [InlineData("application/json", "{\"Form.Hour\":7}")]
    [InlineData("text/plain", "Form.Hour=7")]
    public async Task A_body_that_is_no_form_is_not_called_saved(string type, string body)
    {
        var reader = await site.SubscriberAsync("CTO");
        using var client = site.Stranger();
        using var answer = await client.PostAsync(PathOf(reader), new StringContent(body, Encoding.UTF8, type));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Nothing was saved", await answer.Content.ReadAsStringAsync());
        await AssertAsync(reader.Id, reader.Preferences);
    }

    [Fact]
    public async Task Who_signs_up_has_topics_and_roles_with_commas()
    {
        var address = site.NewAddress();
        using var client = site.Stranger();
        using var answer = await client.PostAsync("/subscribe", Site.Form(
            ("Email", address), ("OtherRoles", "Head of Data, EMEA\r\nCTO"), ("Topics", "Trust, Safety\r\n\r\nChips")));
        var chosen = (await site.ConfirmAsync(address)).Preferences;
        Assert.Equal(["Head of Data, EMEA", "CTO"], chosen.Roles);
        Assert.Equal(["Trust, Safety", "Chips"], chosen.Topics);
    }

    [Fact]
    public async Task A_time_that_was_not_touched_keeps_its_seconds_and_its_hour_of_two()
    {
        await site.SubscriberAsync("Sculptor");
        await site.ItemAsync("For sculptors", "Sculptor");
        var edition = (await site.PlanAsync("untouched-time")).Edition;
        // The second of the two half past twos in Berlin.
        var at = new DateTimeOffset(2031, 10, 26, 1, 30, 17, TimeSpan.Zero);
        await site.Get<EditionSteps>().ScheduleAsync(edition, at, "test");
        using var client = await site.SignedInAsync();
        var page = $"/editor/editions/{edition}";
        using var same = await Site.PostFormAsync(client, page, page + "?handler=Schedule", ("at", "2031-10-26T02:30"));
        Assert.Equal(at, (await site.Get<EditionStore>().GetAsync(edition)).SendAt);
        using var other = await Site.PostFormAsync(client, page, page + "?handler=Schedule", ("at", "2031-10-26T04:30"));
        Assert.Equal(new DateTimeOffset(2031, 10, 26, 3, 30, 0, TimeSpan.Zero), (await site.Get<EditionStore>().GetAsync(edition)).SendAt);
        await site.Get<EditionSteps>().CancelAsync(edition, "test");
    }

    private string PathOf(Subscriber reader) => new Uri(site.Links.Preferences(reader.Row)).AbsolutePath;

    private async Task SaveAsync(Subscriber reader, Func<IPage, Task> change)
    {
        await using var context = await browser.OpenAsync(site.Address.ToString());
        var page = await context.NewPageAsync();
        await page.GotoAsync(PathOf(reader));
        await change(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Saved.");
    }

    private async Task AssertAsync(long id, Preferences expected)
    {
        var saved = (await site.Get<SubscriberStore>().FindAsync(id))!.Preferences;
        Assert.Equivalent(expected, saved, strict: true);
        // In their order.
        Assert.Equal(expected.Roles, saved.Roles);
        Assert.Equal(expected.Topics, saved.Topics);
        Assert.Equal(expected.MutedTopics, saved.MutedTopics);
    }
}
