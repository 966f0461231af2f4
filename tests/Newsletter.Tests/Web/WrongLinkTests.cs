using System.Net;
using AngleSharp.Html.Parser;
using Newsletter.Links;

namespace Newsletter.Tests.Web;

/// <summary>A link that leads nowhere ends on a page of ours that says so, and what to do.</summary>
[Collection(nameof(Site))]
public sealed class WrongLinkTests(Site site)
{
    [Theory]
    [InlineData("/view/x")]
    [InlineData("/read/x")]
    [InlineData("/items/987654321")]
    [InlineData("/items/x")]
    [InlineData("/archive/987654321")]
    [InlineData("/archive?role=nobody")]
    [InlineData("/archive?digest=nothing")]
    [InlineData("/feeds/nobody.xml")]
    [InlineData("/confirm/x")]
    [InlineData("/preferences/x")]
    [InlineData("/unsubscribe/x")]
    [InlineData("/export/x")]
    [InlineData("/erase/x")]
    [InlineData("/editor/setup/x")]
    [InlineData("/error")]
    [InlineData("/no-such-page")]
    [InlineData("/no-such.css")]
    public async Task It_has_the_sites_frame_and_a_way_on(string path)
    {
        using var client = site.Stranger();
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.NotNull(page.QuerySelector("header.site nav a[href='/archive']"));
        Assert.NotEmpty(page.QuerySelectorAll("main h1"));
        Assert.EndsWith(".", page.QuerySelector("main p.lead")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.NotEmpty(page.QuerySelectorAll("main a.button"));
    }

    [Fact]
    public async Task A_mail_that_is_gone_says_so()
    {
        var reader = await site.SubscriberAsync("CTO");
        using var client = site.Stranger();
        using var gone = await client.GetAsync(new Uri(site.Links.View(reader.Row, new RowKey(987654321, 1))).AbsolutePath);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var page = new HtmlParser().ParseDocument(await gone.Content.ReadAsStringAsync());
        Assert.Equal("This link does not work", page.QuerySelector("h1")!.TextContent);
        Assert.Contains("no longer available", page.QuerySelector(".lead")!.TextContent);
        Assert.NotNull(page.QuerySelector("main a.button[href='/archive']"));
    }

    [Fact]
    public async Task Editors_are_led_to_their_dashboard()
    {
        using var client = await site.SignedInAsync();
        foreach (var path in (string[])["/editor/editions/987654321", "/editor/digests/nothing", "/editor/nothing"])
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.NotNull(new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector("main a.button[href='/editor']"));
        }
    }
}
