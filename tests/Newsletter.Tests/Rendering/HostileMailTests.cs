using AngleSharp.Html.Parser;
using Newsletter.Items;
using Newsletter.Mime;
using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

/// <summary>Whatever comes from outside is text: it changes no tag of a mail, in any program that reads it.</summary>
public class HostileMailTests
{
    public static TheoryData<string> Corpus =>
    [
        "<script>alert(1)</script>",
        "<ScRiPt\n>alert(1)</sCrIpT >",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)' x='",
        "` onfocus=alert(1) autofocus",
        "</td></tr></table><svg/onload=alert(1)>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<a href=\"javascript:alert(1)\">javascript:alert(1)</a>",
        "</style><style>*{display:none}</style>",
        "</title><base href=//evil.example><meta http-equiv=refresh content=0>",
        "<!--[if mso]><xml><o:x></o:x></xml><![endif]-->",
        "<![endif]--><table><tr><td>out</td></tr></table><!--[if mso]>",
        "--><b>out</b><!--",
        "--!><b>out</b>",
        "<!--<![endif]--><b>",
        "]]><b>",
        "<?php echo 1 ?><%= 1 %>",
        "@Model.Item @{ throw null; } @@ @(1+1) {{7*7}} ${7*7} #{7*7}",
        "&lt;b&gt; &#60;b&#62; &amp;lt; &nbsp;",
        "\uE000\uE001\uE005\uE0FF<b>",
        "=3Cscript=3E =\n=0D=0A",
        "\u202Etxt.exe<b>\u2066",
        "ｊavascript：alert(1) ＜script＞",
        "\u0000\u0008<\u0000script>\u001b[31m",
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task Hostile_text_changes_no_tag_and_is_read_as_text(string hostile)
    {
        var (bad, good) = (await MailAsync(hostile), await MailAsync("harmless"));

        Assert.Equal(Tags(good.HtmlBody), Tags(bad.HtmlBody));
        // Outlook on Windows reads what stands in its comments.
        Assert.Equal(Tags(Outlook(good.HtmlBody)), Tags(Outlook(bad.HtmlBody)));
        Assert.Equal(Links(good.HtmlBody), Links(bad.HtmlBody));

        var shown = UntrustedText.OneLine(hostile);
        var page = new HtmlParser().ParseDocument(bad.HtmlBody);
        Assert.Equal([shown, shown], page.QuerySelectorAll("h2").Select(title => title.TextContent));
        Assert.Equal(shown, UntrustedText.OneLine(page.QuerySelector("h1")!.TextContent));
        Assert.All(page.QuerySelectorAll("p, li, h3"), element =>
            Assert.DoesNotContain(element.TextContent, character => character is '\u202E' or (>= '\uE000' and <= '\uF8FF')));
        var text = UntrustedText.OneLine(bad.TextBody);
        Assert.Equal(Lines(good.TextBody), Lines(bad.TextBody));
        Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.DoesNotContain(bad.TextBody, character => character is '\u202E' or '\u001b' or '\0' or (>= '\uE000' and <= '\uF8FF'));
    }

    private static async Task<SplicedMail> MailAsync(string text)
    {
        var content = new ItemContent
        {
            Title = text, Url = "https://example.com/article", Summary = text, KeyTakeaway = text, AddressedTo = text,
            KeyInsights = [text, text], Principles = [text], Method = text, InPractice = [text], Topics = [text], Credit = text, Language = text,
        };
        var renderer = new Renderer(Rendered.Templates, new BrandOptions { Name = text + ".", FooterText = text });
        var frame = await renderer.FrameAsync(Rendered.Weekly with
        {
            Name = text, Date = text, PostalAddress = text, Language = text, Intro = text, IsTest = true,
        });
        var lead = new MailItem(
            await renderer.FragmentAsync(Rendered.Item(content) with { IsLead = true, AddressedAs = text }),
            new ReasonsLine(text), await renderer.SectionAsync(new SectionModel(text)));
        var item = new MailItem(await renderer.FragmentAsync(Rendered.Item(content)), new ReasonsLine(text), null);
        return Rendered.Mail(new(frame, [lead, item], [text], isWidened: true, [text]), Rendered.Anna with { Name = text });
    }

    private static string Outlook(string html) =>
        html.Replace("<!--[if mso]>", "", StringComparison.Ordinal).Replace("<![endif]-->", "", StringComparison.Ordinal);

    /// <summary>All but line ends: those of a text are kept as bare ones.</summary>
    private static IEnumerable<string> Tags(string html) => new HtmlParser().ParseDocument(html).All
        .Where(element => element is not { LocalName: "br", Attributes.Length: 0, ParentElement.LocalName: "p" })
        .Select(element => $"{element.ParentElement?.LocalName}>{element.LocalName}"
            + $"[{string.Join(' ', element.Attributes.Select(attribute => attribute.Name))}]");

    private static IEnumerable<string?> Links(string html) => new HtmlParser().ParseDocument(html).QuerySelectorAll("[href], [src]")
        .Select(element => element.GetAttribute("href") ?? element.GetAttribute("src"));

    private static IEnumerable<string> Lines(string text) => text.Split("\r\n").Where(line => line.StartsWith("https://", StringComparison.Ordinal));
}
