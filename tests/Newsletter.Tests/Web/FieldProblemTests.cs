using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Newsletter.Lifecycle;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

/// <summary>What is wrong with a field is said at the field, which has the focus, and above the form with a link to it.</summary>
[Collection(nameof(SiteOfEditors))]
public sealed class FieldProblemTests(Site site)
{
    [Theory]
    [InlineData("Form.Name", "two\nlines", "name")]
    [InlineData("Form.OtherRoles", "!!!", "roles")]
    [InlineData("Form.Topics", "RAG\nGolf", "mutedTopics")]
    [InlineData("Form.Timezone", "Mars/Olympus", "timezone")]
    [InlineData("Form.Timezone", "CET", "zoneMeant")]
    [InlineData("Form.Hour", "24", "hour")]
    [InlineData("Form.Hour", "noon", "hour")]
    [InlineData("Form.Weekday", "9", "weekday")]
    [InlineData("Form.Cadence", "hourly", "cadence")]
    [InlineData("Form.Depth", "abysmal", "depth")]
    [InlineData("Form.TooFew", "panic", "tooFew")]
    [InlineData("Form.PausedUntil", "31.12.2030", "pausedUntil")]
    [InlineData("Form.PausedUntil", "2020-01-01", "pausedUntil")]
    [InlineData("Form.Timezone", " ", "timezone")]
    public async Task Preferences_say_it_at_the_field(string field, string value, string id)
    {
        var reader = await site.SubscriberAsync("CTO");
        await site.ExecuteAsync($"update subscribers set muted_topics = array['Golf'] where id = {reader.Id}");
        using var client = site.Stranger();
        using var answer = await client.PostAsync(new Uri(site.Links.Preferences(reader.Row)).AbsolutePath, Site.Form((field, value)));
        await AssertAtAsync(answer, id);
    }

    [Theory]
    [InlineData("Email", "no address", "email")]
    [InlineData("OtherRoles", "!!!", "roles")]
    [InlineData("Topics", "two\u2028lines", "topics")]
    public async Task Signing_up_says_it_at_the_field(string field, string value, string id)
    {
        using var client = site.Stranger();
        (string, string)[] fields = field == "Email" ? [] : [("Email", site.NewAddress())];
        using var answer = await client.PostAsync("/subscribe", Site.Form([.. fields, (field, value)]));
        await AssertAtAsync(answer, id);
    }

    [Fact]
    public async Task Editors_are_told_at_the_field_and_keep_what_they_typed()
    {
        await site.SubscriberAsync("Recruiter");
        var item = await site.ItemAsync("For recruiters", "Recruiter");
        var edition = (await site.PlanAsync("problems")).Edition;
        var page = $"/editor/editions/{edition}";
        using var client = await site.SignedInAsync();
        var subject = new string('x', 200);
        foreach (var (path, handler, field, value) in ((string, string, string, string)[])
        [
            (page + "/text", "Subject", "subject", subject), (page + "/text", "Intro", "intro", new string('y', 2000)),
            (page, "Schedule", "at", "2001-07-01T08:00"), (page + "/readers", "Why", "email", "nobody"),
        ])
        {
            using var answer = await Site.PostFormAsync(client, path, $"{path}?handler={handler}", (field, value));
            var control = await AssertAtAsync(answer, field);
            Assert.Equal(value, control.GetAttribute("value") ?? control.TextContent);
        }
        using var role = await Site.PostFormAsync(
            client, page + "/articles", page + "/articles?handler=Override", ("item", $"{item}"), ("deed", "pin"), ("role", "no such <role>"));
        Assert.Equal("no such <role>", (await AssertAtAsync(role, "role")).GetAttribute("value"));
        using var wrong = await Site.PostFormAsync(
            client, "/editor/account", "/editor/account?handler=Password", ("old", Site.Password), ("new", "password1234"));
        await AssertAtAsync(wrong, "new");
        using var old = await Site.PostFormAsync(
            client, "/editor/account", "/editor/account?handler=Password", ("old", "nothing like it"), ("new", "seven purple wooden chairs"));
        await AssertAtAsync(old, "old");
        await site.Get<EditionSteps>().CancelAsync(edition, "test");
    }

    [Fact]
    public async Task A_pause_that_is_over_is_refused_when_it_is_set_and_no_obstacle_when_it_was_there()
    {
        var reader = await site.SubscriberAsync("CTO");
        var path = new Uri(site.Links.Preferences(reader.Row)).AbsolutePath;
        using var client = site.Stranger();
        using var over = await client.PostAsync(path, Site.Form(("Form.PausedUntil", "2020-01-01")));
        Assert.Contains("already be over", (await AssertAtAsync(over, "pausedUntil")).ParentElement!.TextContent);
        Assert.Null((await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences.PausedUntil);

        await site.ExecuteAsync($"update subscribers set paused_until = '2020-01-01' where id = {reader.Id}");
        using var hour = await client.PostAsync(path, Site.Form(("Form.PausedUntil", "2020-01-01"), ("Form.Hour", "7")));
        Assert.Equal(HttpStatusCode.OK, hour.StatusCode);
        using var ended = await client.PostAsync(path, Site.Form(("Form.PausedUntil", "")));
        Assert.Null((await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences.PausedUntil);
    }

    private static async Task<IElement> AssertAtAsync(HttpResponseMessage answer, string id)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        var control = Assert.Single(page.QuerySelectorAll("[aria-invalid=true]"));
        Assert.Equal(id, control.Id);
        Assert.True(control.HasAttribute("autofocus"));
        var reason = page.GetElementById(control.GetAttribute("aria-describedby")!.Split(' ')[0])!.TextContent;
        var summary = page.QuerySelector("[role=alert] a")!;
        Assert.Equal(("#" + id, reason), (summary.GetAttribute("href"), summary.TextContent));
        Assert.All(control.GetAttribute("aria-describedby")!.Split(' '), described => Assert.NotNull(page.GetElementById(described)));
        return control;
    }
}
