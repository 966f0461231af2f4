using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.Playwright;
using Newsletter.Subscribers;
using Newsletter.Tests.EndToEnd;

namespace Newsletter.Tests.Web;

[Collection(nameof(SiteInBrowser))]
public sealed class ZoneQuestionTests(Site site, Browser browser)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task An_abbreviation_is_asked_about_and_nothing_is_guessed(int width, ColorScheme colours)
    {
        var (id, path) = await ReaderAsync();
        await using var context = await browser.OpenAsync(site.Address.ToString(), width, colours);
        var page = await context.NewPageAsync();
        await page.GotoAsync(path);
        await page.GetByLabel("Time zone").FillAsync("cet");
        await page.GetByLabel("Name").FillAsync("Zoë");
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync(), response => response.Request.Method == "POST");

        Assert.Equal(400, answer.Status);
        Assert.Contains("“cet” does not name a place", await page.GetByRole(AriaRole.Alert).InnerTextAsync());
        Assert.Equal(("cet", "Zoë"), (await page.GetByLabel("Time zone").InputValueAsync(), await page.GetByLabel("Name").InputValueAsync()));
        Assert.Equal((8, 0), (await page.Locator("#zoneMeant input[type=radio]").CountAsync(), await page.Locator("#zoneMeant :checked").CountAsync()));
        Assert.Equal("UTC", await ZoneAsync(id));
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width);
        Assert.Empty(await Barriers.OfAsync(page));
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, $"zone-question-{width}.png"), FullPage = true });

        await page.GetByLabel("Europe/Zurich").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Saved.");
        Assert.Equal("Europe/Zurich", await ZoneAsync(id));
        Assert.Equal("Europe/Zurich", await page.GetByLabel("Time zone").InputValueAsync());
    }

    [Theory]
    [InlineData("UTC+1", "Always UTC+1, without summer time")]
    [InlineData("PST8PDT", "America/Los Angeles")]
    [InlineData("EST", "America/New York")]
    public async Task What_is_asked_has_likely_places(string typed, string offered)
    {
        var (id, path) = await ReaderAsync();
        using var client = site.Stranger();
        using var answer = await client.PostAsync(path, Site.Form(("Form.Timezone", typed)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var question = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).GetElementById("zoneMeant")!;
        Assert.Contains(offered, question.QuerySelectorAll("label").Select(label => label.TextContent.Trim()));
        Assert.Empty(question.QuerySelectorAll("[checked]"));
        Assert.Equal("UTC", await ZoneAsync(id));
    }

    [Theory]
    [InlineData("CET", "Europe/Rome", "Europe/Rome")]
    // Typed anew: that counts.
    [InlineData("Europe/Madrid", "Europe/Rome", "Europe/Madrid")]
    [InlineData("us/eastern", "", "America/New_York")]
    public async Task An_answer_counts_for_what_was_asked(string typed, string meant, string stored)
    {
        var (id, path) = await ReaderAsync();
        using var client = site.Stranger();
        using var answer = await client.PostAsync(path, Site.Form(("Form.Timezone", typed), ("Form.ZoneAsked", "CET"), ("Form.ZoneMeant", meant)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(stored, await ZoneAsync(id));
    }

    [Fact]
    public async Task An_answer_stays_in_view_when_something_else_is_wrong()
    {
        var (id, path) = await ReaderAsync();
        using var client = site.Stranger();
        using var answer = await client.PostAsync(path, Site.Form(
            ("Form.Timezone", "CET"), ("Form.ZoneAsked", "CET"), ("Form.ZoneMeant", "Europe/Rome"), ("Form.Hour", "24")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var shown = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Equal("Europe/Rome", shown.QuerySelector("#zoneMeant [checked]")!.GetAttribute("value"));
        using var forged = await client.PostAsync(path, Site.Form(("Form.Timezone", "CET"), ("Form.ZoneAsked", "CET"), ("Form.ZoneMeant", "Mars/Olympus")));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal("UTC", await ZoneAsync(id));
    }

    [Theory]
    [InlineData("Europe/Stockholm")]
    [InlineData("Etc/GMT+5")]
    // As rows of older versions, or changed by hand, may have them.
    [InlineData("Asia/Calcutta")]
    [InlineData("EST")]
    [InlineData("Mars/Olympus")]
    public async Task A_form_sent_with_its_zone_unchanged_does_not_change_it(string stored)
    {
        var (id, path) = await ReaderAsync();
        await site.ExecuteAsync($"update subscribers set timezone = '{stored}' where id = {id}");
        using var client = site.Stranger();
        var page = new HtmlParser().ParseDocument(await client.GetStringAsync(path));
        var shown = page.GetElementById("timezone")!.GetAttribute("value")!;
        using var answer = await client.PostAsync(path, Site.Form(("Form.Timezone", shown), ("Form.Hour", "7")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(stored, await ZoneAsync(id));
        var offered = page.QuerySelectorAll("#zones option").Select(option => option.GetAttribute("value")!).ToList();
        Assert.True(offered.Contains("Europe/Stockholm") && offered.Contains("UTC") && !offered.Contains("Asia/Calcutta") && !offered.Contains("EST"));
    }

    [Fact]
    public async Task Editors_see_a_digest_that_cannot_be_planned_before_it_is_due()
    {
        await site.PlanAsync("olympus");
        await site.ExecuteAsync("update digests set timezone = 'Mars/Olympus', next_at = '2031-03-02 08:00Z' where slug = 'olympus'");
        using var client = await site.SignedInAsync();
        try
        {
            foreach (var path in (string[])["/editor", "/editor/digests/olympus"])
            {
                var page = await client.GetStringAsync(path);
                Assert.Contains("cannot be planned. &#x27;Mars/Olympus&#x27; is not an IANA time zone", page);
                Assert.Contains("Sun 2 Mar 2031, 08:00 (UTC)", page);
            }
            using var refused = await Site.PostFormAsync(client, "/editor/digests/olympus", "/editor/digests/olympus?handler=Plan");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        finally
        {
            await site.ExecuteAsync("update digests set timezone = 'UTC', next_at = null where slug = 'olympus'");
        }
    }

    private async Task<string> ZoneAsync(long id) => (await site.Get<SubscriberStore>().FindAsync(id))!.Preferences.Timezone;

    private async Task<(long Id, string Path)> ReaderAsync()
    {
        var subscriber = await site.SubscriberAsync("CTO");
        return (subscriber.Id, new Uri(site.Links.Preferences(subscriber.Row)).AbsolutePath);
    }
}
