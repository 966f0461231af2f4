using System.Globalization;
using System.Net;
using AngleSharp.Html.Parser;

namespace Newsletter.Tests.Web;

/// <summary>Common tasks in the browser, through real proxies.</summary>
public sealed class ProxyTests(ProxyFixture proxies) : IClassFixture<ProxyFixture>
{
    public static TheoryData<string> All() => [.. new ProxyFixture().Ports.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_operator_sets_a_password_signs_in_and_sees_the_jobs(string proxy)
    {
        using var client = proxies.Client(proxy);
        var setup = await proxies.InviteAsync($"{proxy.Replace(", ", "-", StringComparison.Ordinal).Replace(' ', '-')}@example.com");
        using var set = await Site.PostFormAsync(client, setup, ("Password", Site.Password));
        Assert.Equal("/news/editor", set.Headers.Location!.ToString());
        Assert.Contains("Sign out", await client.GetStringAsync("/news/editor"));
        Assert.Contains("/news/editor", await client.GetStringAsync("/news/hangfire"));

        using var left = await Site.PostFormAsync(client, "/news/editor", "/news/editor/sign-out");
        using var again = await client.GetAsync("/news/editor");
        Assert.Equal("/news/editor/sign-in?returnUrl=%2Fnews%2Feditor", again.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/news/editor/sign-in")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task All_that_a_page_needs_is_where_it_says(string proxy)
    {
        using var client = proxies.Client(proxy);
        using var page = await client.GetAsync("/news/subscribe");
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));
        var html = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        var addresses = html.QuerySelectorAll("link[rel=stylesheet], a[href^='/']")
            .Select(element => element.GetAttribute("href")!).Distinct().ToList();
        Assert.True(addresses.Count >= 3);
        foreach (var address in addresses)
        {
            using var answer = await client.GetAsync(address);
            Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Found]);
        }
    }

    [Fact]
    public async Task Who_asks_is_whom_the_proxy_saw_and_not_whom_the_client_names()
    {
        using var client = proxies.Client("nginx, prefix kept");
        var answer = HttpStatusCode.OK;
        for (var i = 0; i < 21; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/news/subscribe") { Content = Site.Form(("Email", "no address")) };
            request.Headers.Add("X-Forwarded-For", string.Create(CultureInfo.InvariantCulture, $"203.0.113.{i}"));
            answer = (await client.SendAsync(request)).StatusCode;
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, answer);
    }
}
