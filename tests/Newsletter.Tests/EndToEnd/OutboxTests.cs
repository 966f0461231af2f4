using System.Net;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Subscribers;
using Newsletter.Tests.Web;

namespace Newsletter.Tests.EndToEnd;

[Collection(nameof(RunningInstallation))]
public sealed class OutboxTests(RunningInstallation installation)
{
    [Theory]
    [InlineData("..")]
    [InlineData("..%2F..%2Fsigning.key")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("20261123T2203151234567Z-0123456789abcdef")]
    [InlineData("20261123T2203151234567Z-..%2F..%2F..%2Fkey")]
    public async Task What_is_no_caught_mail_is_not_found(string id)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(installation.Url) };
        foreach (var path in (string[])["", "/html", "/raw"])
        {
            // ".." by itself is resolved by the client.
            using var answer = await client.GetAsync($"/outbox/{(id == ".." ? "%2E%2E%2F" : id)}{path}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Each_mail_is_listed_with_its_readers_roles_and_framed_without_power()
    {
        var preferences = new Preferences { Roles = ["CTO", "Chief <i>Wizard"] };
        await installation.Get<AddSubscriber>().AddAsync(EmailAddress.Parse("pat@example.com"), preferences, confirmed: false, "test");
        installation.StartJob("send notices");
        var mail = (await installation.MailAsync("pat@example.com", "Please confirm")).Id;
        using var client = new HttpClient { BaseAddress = new Uri(installation.Url) };

        var list = await client.GetStringAsync("/outbox");
        Assert.Contains("pat@example.com", list);
        Assert.Contains("Chief &lt;i&gt;Wizard", list);
        Assert.Contains($"/outbox/{mail}", list);
        Assert.Contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"", await client.GetStringAsync("/outbox/" + mail));

        using var html = await client.GetAsync($"/outbox/{mail}/html");
        Assert.Contains("sandbox allow-popups", html.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("<base target=\"_blank\">", await html.Content.ReadAsStringAsync());
        using var raw = await client.GetAsync($"/outbox/{mail}/raw");
        Assert.Equal("text/plain", raw.Content.Headers.ContentType!.MediaType);
        Assert.Contains("pat@example.com", await raw.Content.ReadAsStringAsync());
        Assert.Contains("so far", await client.GetStringAsync("/outbox?page=1000000"));
    }

    [Fact]
    public async Task Whoever_is_not_at_this_machine_must_sign_in()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(installation.Url) };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7");
        foreach (var path in (string[])["/outbox", "/outbox/x", "/outbox/x/html", "/outbox/x/raw"])
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_copied_cookie_opens_it_until_its_session_ends()
    {
        var address = EmailAddress.Parse("outbox@example.com");
        var path = await installation.Get<SetupLinks>().InviteAsync(address, Editor.EditorPermission, "test");
        var cookies = new CookieContainer();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies })
        {
            BaseAddress = new Uri(installation.Url),
        };
        using var signedIn = await Site.PostFormAsync(client, path, ("Password", Site.Password));
        using var copy = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(installation.Url),
        };
        copy.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7");
        copy.DefaultRequestHeaders.Add("Cookie", cookies.GetCookieHeader(new Uri(installation.Url)));
        Assert.Equal(HttpStatusCode.OK, (await copy.GetAsync("/outbox")).StatusCode);

        using var signedOut = await Site.PostFormAsync(client, "/editor/account", "/editor/sign-out");
        Assert.Equal(HttpStatusCode.Found, (await copy.GetAsync("/outbox")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await copy.GetAsync("/outbox/x/raw")).StatusCode);
    }
}
