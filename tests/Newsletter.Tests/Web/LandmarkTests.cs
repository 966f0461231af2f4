using AngleSharp.Html.Parser;
using Microsoft.Playwright;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Lifecycle;
using Newsletter.Links;
using Newsletter.Tests.EndToEnd;

namespace Newsletter.Tests.Web;

/// <summary>What keyboards and screen readers need: a way past the header, landmarks, named columns, a language.</summary>
[Collection(nameof(SiteInBrowser))]
public sealed class LandmarkTests(Site site, Browser browser)
{
    [Fact]
    public async Task The_first_key_leads_past_the_header()
    {
        await using var context = await browser.OpenAsync(site.Address.ToString());
        var page = await context.NewPageAsync();
        foreach (var path in (string[])["/subscribe", "/archive", "/no-such-page", "/editor/sign-in"])
        {
            await page.GotoAsync(path);
            await page.Keyboard.PressAsync("Tab");
            await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" })).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
        }
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Pages_of_editors_and_the_mail_they_look_at_have_no_barrier(int width, ColorScheme colours)
    {
        await site.SubscriberAsync("Sales Manager");
        await site.ItemAsync($"For glassblowers, {width}", "Sales Manager");
        var edition = (await site.PlanAsync($"landmarks-{width}")).Edition;
        var setup = await site.Get<SetupLinks>().InviteAsync(EmailAddress.Parse(site.NewAddress()), Editor.OperatorPermission, "test");
        await using var context = await browser.OpenAsync(site.Address.ToString(), width, colours);
        var tab = await context.NewPageAsync();
        await tab.GotoAsync(setup);
        await tab.FillAsync("#password", Site.Password);
        await tab.ClickAsync("button.primary");
        await tab.GetByRole(AriaRole.Heading, new() { Name = "Dashboard" }).WaitForAsync();
        var barriers = new List<string>();
        foreach (var path in (string[])
            ["/editor", $"/editor/editions/{edition}", $"/editor/editions/{edition}/articles", $"/editor/editions/{edition}/text",
                $"/editor/editions/{edition}/readers",
                $"/editor/editions/{edition}/preview", $"/editor/digests/landmarks-{width}",
                "/editor/items", "/editor/roles", "/editor/sign-ups"])
        {
            Assert.Equal(200, (await tab.GotoAsync(path))!.Status);
            barriers.AddRange((await Barriers.OfAsync(tab)).Select(barrier => $"{path}: {barrier}"));
            foreach (var column in await tab.Locator("th").AllAsync())
            {
                if (string.IsNullOrWhiteSpace(await column.TextContentAsync()))
                {
                    barriers.Add($"{path}: a column without a name");
                }
            }
        }
        await site.Get<EditionSteps>().CancelAsync(edition, "test");
        Assert.Empty(barriers);
    }

    /// <summary>The check itself: were it silent, no page could have a barrier.</summary>
    [Fact]
    public async Task A_page_with_barriers_is_reported()
    {
        await using var context = await browser.OpenAsync(site.Address.ToString());
        var page = await context.NewPageAsync();
        await page.GotoAsync("/subscribe");
        await page.EvaluateAsync(
            """
            () => {
                const pale = document.createElement('p');
                pale.textContent = 'Pale on white';
                Object.assign(pale.style, { color: '#cccccc', background: '#ffffff' });
                document.querySelector('main').append(pale, document.createElement('img'));
            }
            """);

        var barriers = await Barriers.OfAsync(page);

        Assert.Contains(barriers, barrier => barrier.StartsWith("image-alt", StringComparison.Ordinal));
        Assert.Contains(barriers, barrier => barrier.StartsWith("color-contrast", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_as_a_page_has_one_main_part()
    {
        var reader = await site.SubscriberAsync("Sales Manager");
        await site.ItemAsync("For all glassblowers", "Sales Manager");
        var edition = (await site.PlanAsync("landmarks-main")).Edition;
        using var client = await site.SignedInAsync();
        foreach (var path in (string[])
            [$"/editor/editions/{edition}/preview", new Uri(await site.ViewAsync(reader.Row, edition)).AbsolutePath,
                new Uri(await site.ViewAsync(RowKey.Nobody, edition)).AbsolutePath])
        {
            var page = new HtmlParser(new() { IsStrictMode = true }).ParseDocument(await client.GetStringAsync(path));
            Assert.Same(page.Body, Assert.Single(page.QuerySelectorAll("main")).ParentElement);
        }
        await site.Get<EditionSteps>().CancelAsync(edition, "test");
    }

    [Fact]
    public async Task The_dashboard_of_jobs_says_that_it_is_in_English()
    {
        using var client = await site.SignedInAsync();
        Assert.Contains("<html lang=\"en\"", await client.GetStringAsync("/hangfire"), StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\"", await client.GetStringAsync("/hangfire/recurring"), StringComparison.Ordinal);
    }
}
