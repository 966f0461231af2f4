using AngleSharp.Html.Parser;
using Newsletter.Items;
using Newsletter.Mime;
using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

public class ItemTests
{
    private static readonly string[] Headings = ["Key takeaway", "Key insights", "Principles", "Method", "In practice"];

    [Theory]
    [InlineData(Depth.Brief, "Key takeaway", "In practice")]
    [InlineData(Depth.Standard, "Key takeaway", "Key insights", "In practice")]
    [InlineData(Depth.Full, "Key takeaway", "Key insights", "Principles", "Method", "In practice")]
    public async Task A_depth_shows_its_sections_in_order(Depth depth, params string[] headings)
    {
        var mail = await MailAsync(Rendered.Item(depth: depth));
        Assert.Equal(headings, Html(mail).QuerySelectorAll("h3").Select(heading => heading.TextContent));
        Assert.Equal(headings.Select(heading => heading + ":"), mail.TextBody.Split("\r\n").Intersect(Headings.Select(heading => heading + ":")));
    }

    [Fact]
    public async Task A_section_that_is_missing_or_blank_leaves_no_heading_behind()
    {
        var bare = new ItemContent { Title = "Only a title", KeyTakeaway = " ", KeyInsights = [], Principles = ["", "  "], Method = "\n\n", Credit = " " };
        var mail = await MailAsync(Rendered.Item(bare));
        Assert.Empty(Html(mail).QuerySelectorAll("h3, ul li:empty, .callout"));
        Assert.DoesNotContain(Headings, heading => mail.TextBody.Contains(heading, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("\r\n\r\n\r\n", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fact_of_the_item_is_in_both_parts()
    {
        var item = Rendered.Item();
        var mail = await MailAsync(item);
        var html = Html(mail).Body!.TextContent;
        var text = string.Join(' ', mail.TextBody.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var facts = new List<string> { item.Title, item.Item.KeyTakeaway!, item.Item.Method!, item.Item.Credit!, Rendered.Reasons };
        facts.AddRange([.. item.Item.Summary!.Split("\n\n"), .. item.Item.KeyInsights, .. item.Item.Principles, .. item.Item.InPractice]);
        Assert.All(facts, fact =>
        {
            Assert.Contains(fact, html, StringComparison.Ordinal);
            Assert.Contains(fact, text, StringComparison.Ordinal);
        });
        Assert.Contains("\r\nhttps://example.com/small-models?from=a&to=b\r\n", mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/a b\"c", "https://example.com/a%20b%22c")]
    [InlineData("HTTPS://example.com/", "https://example.com/")]
    [InlineData("http://example.com/", "https://news.example.com/items/7")]
    [InlineData(null, "https://news.example.com/items/7")]
    [InlineData("javascript:alert(1)", "https://news.example.com/items/7")]
    [InlineData(" java\nscript:alert(1)", "https://news.example.com/items/7")]
    [InlineData("data:text/html,<script>", "https://news.example.com/items/7")]
    [InlineData("file:///etc/passwd", "https://news.example.com/items/7")]
    [InlineData("//example.com/a", "https://news.example.com/items/7")]
    [InlineData("not an address", "https://news.example.com/items/7")]
    public async Task A_title_links_to_a_web_address_or_to_the_items_own_page(string? url, string link)
    {
        var mail = await MailAsync(Rendered.Item(Rendered.Content() with { Url = url }));
        Assert.Equal(link, Html(mail).QuerySelector("h2 a")!.GetAttribute("href"));
        Assert.All(Html(mail).QuerySelectorAll("[href]"), element => Assert.StartsWith("https://", element.GetAttribute("href"), StringComparison.Ordinal));
        Assert.Contains($"\r\n{link}\r\n", mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("</td></tr></table><svg/onload=alert(1)>")]
    [InlineData("<!--[if mso]><xml><![endif]-->")]
    [InlineData("--><style>*{display:none}</style>")]
    [InlineData("@Model.Item {{x}} @{ throw } &lt;b&gt; &#x41;")]
    public async Task Hostile_text_stays_text(string hostile)
    {
        var content = new ItemContent
        {
            Title = hostile, Url = "https://example.com/" + hostile, Summary = hostile, KeyTakeaway = hostile, KeyInsights = [hostile, hostile],
            Principles = [hostile], Method = hostile, InPractice = [hostile], Topics = [hostile], Credit = hostile, Language = hostile,
        };
        var frame = await Rendered.Renderer.FrameAsync(Rendered.Weekly with { Name = hostile, Date = hostile, PostalAddress = hostile, Language = hostile });
        var item = await Rendered.MailItemAsync(Rendered.Item(content), hostile);
        var section = item with { Section = await Rendered.Renderer.SectionAsync(new SectionModel(hostile)) };
        var mail = Rendered.Mail(new(frame, [section, item], [hostile]), Rendered.Anna with { Name = hostile });

        var page = Html(mail);
        Assert.Empty(page.QuerySelectorAll("script, img, svg, xml, [onerror], [onload], [onmouseover]"));
        Assert.Equal(2, page.QuerySelectorAll("style").Length);
        Assert.Equal(hostile, page.QuerySelector("h2")!.TextContent);
        Assert.Equal(hostile, page.QuerySelector("h1")!.TextContent);
        Assert.Equal(2, page.QuerySelectorAll("li > span[lang]").Length);
        Assert.Contains($"Hello {hostile},", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains(hostile, string.Join(' ', mail.TextBody.Split("\r\n")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_can_place_a_mark_from_outside()
    {
        var marks = string.Concat(Enumerable.Range(0xE000, 0x100).Select(code => (char)code));
        var content = new ItemContent
        {
            Title = "T" + marks, Url = "https://example.com/" + marks, Summary = marks + "S", KeyTakeaway = marks, Topics = [marks], Credit = marks,
        };
        var frame = await Rendered.Renderer.FrameAsync(Rendered.Weekly with { Name = marks });
        var item = await Rendered.MailItemAsync(Rendered.Item(content), marks);

        var (fragment, _, _) = item;
        Assert.All(new[] { fragment.TitleHtml, fragment.TitleText }, part => Assert.Null(Assert.Single(part.Pieces).Placeholder));
        Assert.All(
            new[] { fragment.Html, fragment.Text },
            part => Assert.Equal(Placeholder.Reasons, Assert.Single(part.Pieces, piece => piece.Placeholder is not null).Placeholder));
        var section = item with { Section = await Rendered.Renderer.SectionAsync(new SectionModel(marks)) };
        var mail = Rendered.Mail(new(frame, [section, item], [marks]), Rendered.Anna with { Name = marks });
        Assert.DoesNotContain(mail.HtmlBody + mail.TextBody, character => character is >= '\uE000' and <= '\uF8FF');
        Assert.Equal(2, mail.TextBody.Split(Rendered.Anna.UnsubscribeUrl).Length - 1);
    }

    [Fact]
    public async Task Letters_stay_letters_in_both_parts()
    {
        const string letters = "Привет 数据 日本語 한국어 שלום مرحبا Ærøskøbing 😀 👩‍👩‍👧 𠮷 naïve";
        var mail = await MailAsync(Rendered.Item(Rendered.Content(letters) with { Summary = letters }));
        Assert.DoesNotContain("&#x", mail.HtmlBody, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(4, mail.HtmlBody.Split(letters).Length); // title, summary, and the preheader of a single item
        Assert.Contains(letters, mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("&#", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("Belt & Pallet", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_in_a_right_to_left_language_says_so()
    {
        var mail = await MailAsync(Rendered.Item(Rendered.Content("عنوان") with { Language = "ar" }));
        Assert.Equal("rtl", Html(mail).QuerySelector("h2")!.Closest("td")!.GetAttribute("dir"));
        Assert.Equal("ltr", Html(mail).DocumentElement.GetAttribute("dir"));
    }

    private static async Task<SplicedMail> MailAsync(ItemModel item) => Rendered.Mail(await Rendered.BodyAsync(item), Rendered.Anna);

    private static AngleSharp.Html.Dom.IHtmlDocument Html(SplicedMail mail) => new HtmlParser().ParseDocument(mail.HtmlBody);
}
