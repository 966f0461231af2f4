using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Newsletter.Links;
using Newsletter.Newsroom;
using Newsletter.Subscribers;
using Newsletter.Web.Http;
using Newsletter.Web.Pages.Reader;

namespace Newsletter.Tests.Web;

/// <summary>The web view of a mail: a mail as its reader got it, and below it why.</summary>
[Collection(nameof(SiteOfEditors))]
public sealed class MailTests(Site site)
{
    private const string Hostile = "Ledgers </body><script>alert(1)</script> & <b>bold</b>";

    [Fact]
    public async Task Below_the_mail_stands_why_each_item_came_and_why_others_did_not()
    {
        for (var i = 0; i < 6; i++)
        {
            await site.ItemAsync($"Part {i} of {Hostile}", "CFO");
        }
        var reader = await site.SubscriberAsync("CFO");
        var plan = await site.PlanAsync("why-below");
        using var client = site.Stranger();
        using var answer = await client.GetAsync(await PathOfAsync(plan.Edition, reader.Row));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(ContentPolicy.Mail, answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("noindex", answer.Headers.GetValues("X-Robots-Tag").Single());
        var html = await answer.Content.ReadAsStringAsync();
        var page = Valid(html);
        var section = page.QuerySelector("section[aria-labelledby=why]")!;
        Assert.Same(Assert.Single(page.Body!.QuerySelectorAll("main")), section.ParentElement!.ParentElement);
        var why = await site.Get<Explaining>().WhyAsync(plan.Edition, reader.Email);
        Assert.Equal(
            why.Items.Select(item => $"{item.Position}. {item.Title}"),
            section.QuerySelectorAll("ol > li > span").Select(title => title.TextContent));
        Assert.All(why.Items.SelectMany(item => item.Reasons), reason => Assert.Contains(reason.Text, section.TextContent));
        Assert.Contains(section.QuerySelectorAll("ol li li"), line => line.TextContent.StartsWith("Shown in brief", StringComparison.Ordinal));
        Assert.Contains("This mail is not sent yet.", section.TextContent);
        Assert.Contains(why.Withheld, item => item.Title.Contains(Hostile, StringComparison.Ordinal)
            && item.Reason.StartsWith("Other articles fit you better", StringComparison.Ordinal));
        Assert.Equal(
            why.Withheld.Where(item => item.FitsButLeftOut).Take(MailModel.WithheldShown).Select(item => (item.Title, item.Reason)),
            section.QuerySelectorAll("ul > li > span").Select(title => (title.TextContent, title.NextElementSibling!.TextContent)));
        // None of these items was ever sent, so readers cannot see their pages.
        Assert.Empty(section.QuerySelectorAll("a"));

        var mail = (await site.Get<Preview>().OfReaderAsync(plan.Edition, reader)).HtmlBody;
        var end = mail.LastIndexOf("</body>", StringComparison.Ordinal);
        html = html.Replace("<main>", "", StringComparison.Ordinal).Replace("</main>", "", StringComparison.Ordinal);
        Assert.StartsWith(mail[..end], html, StringComparison.Ordinal);
        Assert.EndsWith(mail[end..], html.TrimEnd() + "\r\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_items_withheld_fifty_are_shown_and_the_rest_is_counted()
    {
        for (var i = 0; i < MailModel.WithheldShown + 8; i++)
        {
            await site.ItemAsync($"Withheld {i} of many", "General Counsel");
        }
        await site.ItemAsync("The one for designers", "UX Designer");
        var reader = await site.SubscriberAsync("General Counsel");
        var plan = await site.PlanAsync("why-many");
        using var client = site.Stranger();
        var section = Valid(await client.GetStringAsync(await PathOfAsync(plan.Edition, reader.Row))).QuerySelector("section[aria-labelledby=why]")!;

        var why = await site.Get<Explaining>().WhyAsync(plan.Edition, reader.Email);
        Assert.Equal(MailModel.WithheldShown, section.QuerySelectorAll("ul > li > span").Length);
        Assert.Equal($"and {why.Withheld.Count(item => item.FitsButLeftOut) - MailModel.WithheldShown} more", section.LastElementChild!.TextContent);
        // What is for other people is no business of this reader's.
        Assert.Contains(why.Withheld, item => item.Title == "The one for designers");
        Assert.DoesNotContain("The one for designers", section.TextContent);
    }

    [Fact]
    public async Task A_mail_that_was_skipped_says_so_and_one_that_never_was_has_no_page()
    {
        await site.ItemAsync("For the floor", "Sales Manager");
        var (left, nothing) = (await site.SubscriberAsync("Sales Manager"), await site.SubscriberAsync("Chief Wizard"));
        var plan = await site.PlanAsync("why-skipped");
        await site.ExecuteAsync(
            $"update deliveries set state = 'skipped', reason = 'unsubscribed' where edition_id = {plan.Edition} and subscriber_id = {left.Id}");
        using var client = site.Stranger();
        var page = Valid(await client.GetStringAsync(await PathOfAsync(plan.Edition, left.Row)));
        Assert.Equal("Why this was chosen for you", page.QuerySelector("#why")!.TextContent);
        Assert.Contains("This mail was not sent: the reader unsubscribed or was deleted.", page.Body!.TextContent);

        using var none = await client.GetAsync(await PathOfAsync(plan.Edition, nothing.Row));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("This edition had no mail for you", await none.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Roles_changed_since_change_what_is_withheld_and_not_why_the_items_came()
    {
        await site.ItemAsync("For lawyers of then", "Legal Counsel");
        await site.ItemAsync("For teachers of now", "Teacher");
        var reader = await site.SubscriberAsync("Legal Counsel");
        var plan = await site.PlanAsync("why-changed");
        await site.ExecuteAsync($"update deliveries set state = 'sent' where edition_id = {plan.Edition} and subscriber_id = {reader.Id}");
        await site.Get<PreferenceChange>().ApplyAsync(reader.Id, known => known with { Roles = ["Teacher"] });
        using var client = site.Stranger();
        var section = Valid(await client.GetStringAsync(await PathOfAsync(plan.Edition, reader.Row))).QuerySelector("section[aria-labelledby=why]")!;

        Assert.Equal("Why you got this", section.QuerySelector("#why")!.TextContent);
        Assert.Contains("It is best for “Legal Counsel”, which means your role", section.QuerySelector("ol")!.TextContent);
        Assert.DoesNotContain("For teachers of now", section.TextContent);
        Assert.Contains(
            (await site.Get<Explaining>().WhyAsync(plan.Edition, reader.Email)).Withheld,
            item => item is { Title: "For teachers of now", Reason: "It would be chosen now, but was not when this mail was planned." });
    }

    [Fact]
    public async Task A_test_mail_has_no_reader_and_no_reasons_below()
    {
        await site.ItemAsync("For a preview", "CEO");
        await site.SubscriberAsync("CEO");
        var plan = await site.PlanAsync("why-preview");
        using var client = site.Stranger();
        var page = Valid(await client.GetStringAsync(await PathOfAsync(plan.Edition, RowKey.Nobody)));
        Assert.Null(page.QuerySelector("section"));
        using var forged = await client.GetAsync("/view/anything");
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }

    private async Task<string> PathOfAsync(long edition, RowKey reader) => new Uri(await site.ViewAsync(reader, edition)).AbsolutePath;

    /// <summary>Strictly parsed, each id once, no script, and headings one level at a time.</summary>
    private static IHtmlDocument Valid(string html)
    {
        var page = new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(html);
        Assert.Empty(page.QuerySelectorAll("script, body > b"));
        var ids = page.QuerySelectorAll("[id]").Select(element => element.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(page.QuerySelectorAll("[aria-labelledby]"), element => Assert.NotNull(page.GetElementById(element.GetAttribute("aria-labelledby")!)));
        var level = 0;
        foreach (var heading in page.QuerySelectorAll("h1, h2, h3, h4"))
        {
            var next = heading.LocalName[1] - '0';
            Assert.True(next <= level + 1, heading.TextContent);
            level = next;
        }
        return page;
    }
}
