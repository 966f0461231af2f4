using AngleSharp.Html.Parser;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

public class DigestTests
{
    [Fact]
    public async Task A_digest_says_what_it_holds_for_whom_and_how_to_leave()
    {
        var titles = new[] { "One", "Two", "Three", "Four", "Five", "Six", "Seven" };
        var mail = Rendered.Mail(await Rendered.BodyAsync([.. titles.Select(title => Rendered.Item(Rendered.Content(title), Depth.Brief))]), Rendered.Anna);
        var page = new HtmlParser().ParseDocument(mail.HtmlBody);

        Assert.Equal("The Weekly Brief", Assert.Single(page.QuerySelectorAll("h1")).TextContent);
        Assert.Equal(titles, page.QuerySelectorAll("h2").Select(title => title.TextContent));
        Assert.Equal(titles.Take(6), page.QuerySelectorAll("li > span[lang]").Select(title => title.TextContent));
        foreach (var part in new[] { page.Body!.TextContent, mail.TextBody })
        {
            Assert.Contains("7 items, about 7 minutes. Chosen for: AI Engineer, Logistics", part, StringComparison.Ordinal);
            Assert.Contains("Monday, 2 March 2026", part, StringComparison.Ordinal);
            Assert.Contains("20457 Hamburg", part, StringComparison.Ordinal);
        }

        foreach (var url in new[] { Rendered.Anna.UnsubscribeUrl, Rendered.Anna.PreferencesUrl, Rendered.Anna.ViewUrl })
        {
            Assert.NotNull(page.QuerySelector($"a[href='{url}']"));
            Assert.Contains($"\r\n{url}\r\n", mail.TextBody, StringComparison.Ordinal);
        }

        Assert.All(page.QuerySelectorAll("table"), table => Assert.Equal("presentation", table.GetAttribute("role")));
        Assert.Equal(Rendered.Anna.ViewUrl, page.QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("Two · Three · Four", page.QuerySelector("div > div")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_item_needs_no_list_of_titles()
    {
        var mail = Rendered.Mail(await Rendered.BodyAsync(Rendered.Item(depth: Depth.Brief)), Rendered.Anna);
        Assert.Empty(new HtmlParser().ParseDocument(mail.HtmlBody).QuerySelectorAll("li > span[lang]"));
        Assert.Contains("1 item, about 1 minute.", mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Only_a_test_calls_itself_one(bool isTest, int times)
    {
        var frame = await Rendered.Renderer.FrameAsync(Rendered.Weekly with { IsTest = isTest });
        var mail = Rendered.Mail(new(frame, [], []), Rendered.Anna);
        Assert.Equal(times, mail.TextBody.Split("This is a test").Length - 1);
        Assert.Equal(times, mail.HtmlBody.Split("This is a test").Length - 1);
    }

    [Fact]
    public async Task A_reader_without_roles_gets_no_empty_reason()
    {
        var body = new MailBody(await Rendered.Renderer.FrameAsync(Rendered.Weekly), [await Rendered.MailItemAsync(Rendered.Item())], []);
        Assert.DoesNotContain(
            "Chosen for: \r\n",
            Rendered.Mail(body, Rendered.Anna).TextBody.Replace("Chosen for: AI Engineer", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Contains("1 item, about 1 minute.\r\n", Rendered.Mail(body, Rendered.Anna).TextBody, StringComparison.Ordinal);
    }
}
