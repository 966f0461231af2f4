using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.Playwright;
using Newsletter.Addresses;
using Newsletter.Subscribers;
using Newsletter.Tests.EndToEnd;

namespace Newsletter.Tests.Web;

/// <summary>Which of these roles do you mean: nothing is chosen for a person, and a form without a choice says so.</summary>
[Collection(nameof(SiteInBrowser))]
public sealed class RoleQuestionTests(Site site, Browser browser)
{
    [Theory]
    [InlineData("Meant[x]")]
    [InlineData("Meant[99999999999]")]
    [InlineData("Meant[-1]")]
    [InlineData("Meant")]
    public async Task An_answer_to_no_question_is_passed_over(string name)
    {
        using var client = site.Stranger();
        using var answer = await client.PostAsync("/subscribe", Site.Form(("Email", site.NewAddress()), ("OtherRoles", "CTO"), (name, "CFO")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reader = await site.SubscriberAsync("CTO");
        using var saved = await client.PostAsync(
            new Uri(site.Links.Preferences(reader.Row)).AbsolutePath, Site.Form(("Form.Hour", "7"), ("Form." + name, "CFO"), ("Form.Shown", "{[")));
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Equal(7, (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences.Hour);
    }

    [Theory]
    [InlineData(320)]
    [InlineData(1280)]
    public async Task Who_does_not_choose_is_told_so_at_the_question(int width)
    {
        var address = site.NewAddress();
        await using var context = await browser.OpenAsync(site.Address.ToString(), width, client: site.NewClient());
        var page = await context.NewPageAsync();
        await page.GotoAsync("/subscribe");
        await page.GetByLabel("Email address").FillAsync(address);
        await page.GetByLabel("In your own words").FillAsync("SA");
        await SubscribeAsync(page);
        var question = page.GetByRole(AriaRole.Group, new() { Name = "Which role is closest to “SA”?" });
        Assert.Equal(0, await question.Locator(":checked").CountAsync());
        foreach (var button in await question.GetByRole(AriaRole.Radio).AllAsync())
        {
            var box = (await button.BoundingBoxAsync())!;
            Assert.InRange(box.Width, 16, 24);
            Assert.InRange(box.Height, 16, 24);
        }

        await SubscribeAsync(page);
        var asked = page.GetByRole(AriaRole.Radiogroup, new() { Name = "Which role is closest to “SA”?" });
        await Assertions.Expect(asked).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(asked).ToBeFocusedAsync();
        await Assertions.Expect(asked).ToHaveAccessibleDescriptionAsync("Choose the role that is closest to “SA”, or “None of these”.");
        Assert.Null(await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(address)));

        await page.GetByLabel("Software Architect").First.CheckAsync();
        await SubscribeAsync(page);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Check your mailbox");
    }

    [Fact]
    public async Task Of_two_questions_the_answer_that_was_given_stays()
    {
        using var client = site.Stranger();
        using var answer = await client.PostAsync("/subscribe", Site.Form(
            ("Email", site.NewAddress()), ("OtherRoles", "SA\r\nData Engineer Zorbing"), ("Asked[0]", "SA"),
            ("Asked[1]", "Data Engineer Zorbing"), ("Meant[1]", "")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Equal("meant0", page.QuerySelector("[aria-invalid]")!.Id);
        Assert.Empty(page.QuerySelectorAll("#meant0 [checked]"));
        Assert.Equal("", Assert.Single(page.QuerySelectorAll("#meant1 [checked]")).GetAttribute("value"));
    }

    [Fact]
    public async Task An_answer_stays_when_something_else_is_wrong()
    {
        using var client = site.Stranger();
        using var answer = await client.PostAsync("/subscribe", Site.Form(
            ("Email", "no address"), ("OtherRoles", "SA"), ("Asked[0]", "SA"), ("Meant[0]", "Software Architect")));
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Equal("Software Architect", Assert.Single(page.QuerySelectorAll("#meant0 [checked]")).GetAttribute("value"));
        Assert.Equal("email", page.QuerySelector("[aria-invalid]")!.Id);
    }

    [Fact]
    public async Task A_reader_who_leaves_the_question_open_keeps_their_words_and_is_told_so_there()
    {
        var reader = await site.SubscriberAsync("SA");
        var path = new Uri(site.Links.Preferences(reader.Row)).AbsolutePath;
        using var client = site.Stranger();
        var parser = new HtmlParser();
        Assert.Empty(parser.ParseDocument(await client.GetStringAsync(path)).QuerySelectorAll("#meant0 [checked]"));
        using var saved = await client.PostAsync(path, Site.Form(("Form.OtherRoles", "SA"), ("Form.Asked[0]", "SA"), ("Form.Hour", "7")));
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Contains("Not answered yet", parser.ParseDocument(await saved.Content.ReadAsStringAsync()).QuerySelector("#meant0")!.TextContent);
        var kept = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences;
        Assert.Equal(("SA", 7), (Assert.Single(kept.Roles), kept.Hour));
    }

    private static Task SubscribeAsync(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Subscribe" }).ClickAsync();
}
