using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Routing;
using Newsletter.Links;

namespace Newsletter.Tests.Web;

/// <summary>Host, scheme and client address of requests whose proxy headers are right, missing or forged.</summary>
public sealed partial class PublicAddressTests
{
    private const string Evil = "evil.example";

    [Theory]
    [InlineData("/news")]
    [InlineData("")]
    public async Task Pages_cookies_and_redirects_are_those_of_the_public_address_whether_the_prefix_is_kept_or_not(string kept)
    {
        await using var site = await Site.StartAsync(("Site:PublicUrl", "https://example.org/news"));
        using var client = Lying(site);

        using var subscribe = await client.GetAsync(kept + "/subscribe");
        var page = new HtmlParser().ParseDocument(await subscribe.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, subscribe.StatusCode);
        var addresses = page.QuerySelectorAll("[href], [src], form[action]")
            .Select(element => element.GetAttribute("href") ?? element.GetAttribute("src") ?? element.GetAttribute("action")!).ToList();
        Assert.Contains("/news/_content/Newsletter.Web/newsletter.css", addresses);
        Assert.All(addresses.Where(address => address.StartsWith('/')), address => Assert.StartsWith("/news/", address, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(kept + "/_content/Newsletter.Web/newsletter.css")).StatusCode);

        using var signIn = await client.GetAsync(kept + "/editor/sign-in");
        Assert.Equal(HttpStatusCode.OK, signIn.StatusCode);
        Assert.All(signIn.Headers.GetValues("Set-Cookie"), cookie => Assert.Matches("path=/news; secure", cookie));

        using var editor = await client.GetAsync(kept + "/editor");
        Assert.Equal("/news/editor/sign-in?returnUrl=%2Fnews%2Feditor", editor.Headers.Location!.ToString());
        using var home = await client.GetAsync(kept + "/");
        Assert.Equal("/news/subscribe", home.Headers.Location!.ToString());
    }

    [Fact]
    public async Task The_host_that_a_request_names_is_reflected_nowhere()
    {
        await using var site = await Site.StartAsync(("Site:PublicUrl", "https://example.org/news"));
        using var client = Lying(site);
        foreach (var route in site.Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!).Distinct())
        {
            using var answer = await client.GetAsync("/" + Parameter().Replace(route.TrimStart('/'), "1"));
            Assert.DoesNotContain(Evil, $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("https://example.org/", null, "max-age=31536000")]
    [InlineData("https://example.org:8443", null, "max-age=31536000")]
    [InlineData("https://example.org", "false", null)]
    [InlineData("https://example.org/news", null, null)]
    [InlineData("http://example.org", null, null)]
    public async Task Only_a_whole_host_with_TLS_is_bound_to_it(string address, string? hsts, string? header)
    {
        await using var site = await Site.StartAsync(("Site:PublicUrl", address), ("Site:Hsts", hsts ?? "true"));
        using var client = Lying(site);
        foreach (var path in (string[])["/subscribe", "/no-such-page", "/health/live", "/editor"])
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(header, answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null);
        }
    }

    [Theory]
    [InlineData(null, "203.0.113.{0}", true)]
    [InlineData("192.0.2.0/24, ::2", "203.0.113.{0}", true)]
    [InlineData("127.0.0.1/8", "203.0.113.{0}", false)]
    [InlineData("127.0.0.1,10.0.0.0/8", "203.0.113.{0}, 10.1.2.3", false)]
    [InlineData("127.0.0.1", "203.0.113.{0}, 203.0.113.250", true)]
    [InlineData("127.0.0.1", "not-an-address-{0}", true)]
    [InlineData("127.0.0.1", "[2001:db8:{0}::1]:4711", false)]
    [InlineData("127.0.0.1", "2001:db8::{0}", true)]
    public async Task Only_a_trusted_proxy_says_who_asks(string? trusted, string forwarded, bool isOneClient)
    {
        await using var site = await Site.StartAsync(("Site:TrustedProxies", trusted ?? ""));
        using var client = new HttpClient { BaseAddress = site.Address };
        var answer = HttpStatusCode.OK;
        for (var i = 1; i <= 21; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/subscribe") { Content = Site.Form(("Email", "no address")) };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", string.Format(CultureInfo.InvariantCulture, forwarded, i));
            answer = (await client.SendAsync(request)).StatusCode;
        }
        Assert.Equal(isOneClient ? HttpStatusCode.TooManyRequests : HttpStatusCode.BadRequest, answer);
    }

    [Theory]
    [InlineData("proxy.example.com")]
    [InlineData("172.28.0.0/33")]
    [InlineData("*")]
    public void What_is_no_range_of_addresses_is_refused(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<Refusal>(() => new SiteOptions { TrustedProxies = ["::1", text] }.Checked()).Message);

    /// <summary>A client that sends a wrong host and scheme in all headers that proxies use.</summary>
    private static HttpClient Lying(Site site)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site.Address };
        client.DefaultRequestHeaders.Host = Evil;
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", Evil);
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "gopher");
        client.DefaultRequestHeaders.Add("X-Forwarded-Prefix", "/" + Evil);
        client.DefaultRequestHeaders.Add("Forwarded", $"host={Evil};proto=gopher");
        return client;
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
