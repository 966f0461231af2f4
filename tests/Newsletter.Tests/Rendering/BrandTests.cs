using AngleSharp.Html.Parser;
using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

public class BrandTests
{
    [Fact]
    public async Task A_brand_shows_its_logo_colour_and_footer()
    {
        var brand = new BrandOptions
        {
            Name = "Press & Co", LogoUrl = "https://cdn.example.com/logo.png?a=1&b=2", AccentColour = "#A3263D", FooterText = "Owned by <its> readers.",
        }.Checked();
        var page = await PageAsync(brand);
        var logo = page.QuerySelector("img")!;
        Assert.Equal(("https://cdn.example.com/logo.png?a=1&b=2", "Press & Co"), (logo.GetAttribute("src"), logo.GetAttribute("alt")));
        Assert.Contains("color:#A3263D", page.QuerySelector("h2 a")!.GetAttribute("style"), StringComparison.Ordinal);
        Assert.Contains("Owned by <its> readers.", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(HtmlPage<object>.Accent, page.DocumentElement.OuterHtml, StringComparison.OrdinalIgnoreCase);
        Assert.Empty((await PageAsync(new BrandOptions())).QuerySelectorAll("img"));
    }

    [Theory]
    [InlineData("#2348b8", null)]
    [InlineData("#767676", null)]
    [InlineData("#777777", "4.47:1")]
    [InlineData("#ffcc00", "1.51:1")]
    [InlineData("#fff", "must be a colour")]
    [InlineData("red;}</style><script>", "must be a colour")]
    [InlineData("", "must be a colour")]
    public void An_accent_that_cannot_be_read_on_white_is_refused_with_its_ratio(string colour, string? reason)
    {
        var brand = new BrandOptions { AccentColour = colour };
        if (reason is null)
        {
            Assert.Same(brand, brand.Checked());
            Assert.InRange(Contrast.Ratio(brand.AccentOnDark, HtmlPage<object>.DarkCallout), 6, 21);
        }
        else
        {
            Assert.Contains(reason, Assert.Throws<Refusal>(brand.Checked).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://cdn.example.com/logo.png")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/logo.png")]
    [InlineData("logo")]
    public void A_logo_comes_by_https_or_not_at_all(string url) =>
        Assert.Contains("Brand:LogoUrl", Assert.Throws<Refusal>(new BrandOptions { LogoUrl = url }.Checked).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_and_footers_have_their_limits()
    {
        Assert.Throws<Refusal>(new BrandOptions { Name = new string('x', 61) }.Checked);
        Assert.Throws<Refusal>(new BrandOptions { Name = "two\nlines" }.Checked);
        Assert.Throws<Refusal>(new BrandOptions { FooterText = new string('x', 501) }.Checked);
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#ffffff", "#ffffff", 1)]
    [InlineData("#767676", "#ffffff", 4.54)]
    [InlineData("#0000ff", "#ffffff", 8.59)]
    public void Contrast_is_that_of_WCAG(string one, string other, double ratio) => Assert.Equal(ratio, Contrast.Ratio(one, other), 2);

    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> PageAsync(BrandOptions brand)
    {
        var renderer = new Renderer(Rendered.Templates, brand);
        var body = new MailBody(
            await renderer.FrameAsync(Rendered.Weekly),
            [new(await renderer.FragmentAsync(Rendered.Item()), new ReasonsLine(Rendered.Reasons), null)], []);
        return new HtmlParser().ParseDocument(Rendered.Mail(body, Rendered.Anna).HtmlBody);
    }
}
