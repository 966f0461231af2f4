using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Lifecycle;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Sending;
using Newsletter.Tests.EndToEnd;

namespace Newsletter.Tests.Web;

/// <summary>What readers see, looked at by axe-core in a browser: wide and light, narrow and dark.</summary>
[Collection(nameof(SiteInBrowser))]
public sealed partial class AccessibilityTests(Site site, Browser browser)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Pages_of_readers_have_no_barrier_and_no_page_is_wider_than_its_window(int width, ColorScheme colours)
    {
        var reader = await site.SubscriberAsync("Machine Learning Researcher", "Chief Wizard");
        var item = await site.ItemAsync($"A longer title, as curated articles have them, for a window {width} wide", "Machine Learning Researcher");
        var edition = (await site.PlanAsync($"barriers-{width}")).Edition;
        await site.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await site.Get<EditionSteps>().SendAsync(edition, "test");
        await site.Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);
        var page = new Uri(site.Links.Preferences(reader.Row)).AbsolutePath;
        using var client = site.Stranger();
        using var asked = await client.PostAsync(page + "?handler=Erase", null);
        var notice = await site.CountAsync($"select max(id) from notices where subscriber_id = {reader.Id} and kind = '{NoticeKind.Erase}'");

        var newcomer = site.NewAddress();
        await site.Get<SignUp>().RequestAsync(EmailAddress.Parse(newcomer), ["CTO"], []);
        var confirm = new Uri(site.Links.Confirm((await site.SignUpAsync(newcomer))!.Value)).AbsolutePath;

        await using var context = await browser.OpenAsync(site.Address.ToString(), width, colours);
        var tab = await context.NewPageAsync();
        var barriers = new List<string>();
        foreach (var path in (string[])
        [
            confirm, "/confirm/too-old", "/subscribe", "/archive", "/archive?role=cto", $"/archive/{edition}", $"/items/{item}", "/no-such-page", page,
            new Uri(site.Links.Unsubscribe(reader.Row, edition)).AbsolutePath,
            new Uri(site.Links.Erase(await site.NoticeAsync(notice), reader.Id)).AbsolutePath,
            new Uri(site.Links.Return(reader.Row)).AbsolutePath, new Uri(await site.ViewAsync(reader.Row, edition)).AbsolutePath,
        ])
        {
            await tab.GotoAsync(path);
            barriers.AddRange((await Barriers.OfAsync(tab)).Select(barrier => $"{Token().Replace(path, "…")}: {barrier}"));
            if (await tab.EvaluateAsync<int>("document.documentElement.scrollWidth") is var needed && needed > width)
            {
                barriers.Add($"{Token().Replace(path, "…")}: {needed} wide");
            }
        }
        Assert.Empty(barriers);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task The_pages_by_which_editors_come_in_have_no_barrier(int width, ColorScheme colours)
    {
        var address = EmailAddress.Parse($"editor.with.a.long.address.{width}@newsletter.example.com");
        var setup = await site.Get<SetupLinks>().InviteAsync(address, Editor.EditorPermission, "test");
        await using var context = await browser.OpenAsync(site.Address.ToString(), width, colours);
        var tab = await context.NewPageAsync();
        await AssertNoBarrierAsync("/editor/sign-in");
        await AssertNoBarrierAsync(setup);
        await tab.FillAsync("#password", "password1234");
        await tab.ClickAsync("button.primary");
        Assert.Contains("too easy to guess", await tab.TextContentAsync("[role=alert]"));
        await tab.FillAsync("#password", Site.Password);
        await tab.ClickAsync("button.primary");

        await tab.ClickAsync("header .account a");
        await AssertNoBarrierAsync("/editor/account");
        await tab.FillAsync("#old", Site.Password);
        await tab.FillAsync("#new", "seven purple wooden chairs");
        await tab.ClickAsync("button.primary");
        Assert.Contains("You are signed out everywhere else.", await tab.TextContentAsync("[role=status]"));
        await tab.ClickAsync("button.danger");
        Assert.EndsWith("/editor/sign-in", tab.Url, StringComparison.Ordinal);

        async Task AssertNoBarrierAsync(string path)
        {
            await tab.GotoAsync(path);
            Assert.Empty(await Barriers.OfAsync(tab));
            Assert.InRange(await tab.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        }
    }

    [GeneratedRegex("[A-Za-z0-9_-]{65}")]
    private static partial Regex Token();
}
