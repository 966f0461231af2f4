using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Database;

namespace Newsletter.Tests.Web;

/// <summary>A copied cookie must become invalid when the session ends.</summary>
[Collection(nameof(SiteOfEditors))]
public sealed class SessionTests(Site site)
{
    private const string NewPassword = "seven purple wooden chairs";

    public static TheoryData<string> Endings =>
        ["permission", "disabled", "disabled and enabled", "removed", "set-up link", "sign out", "sign in again", "sign out everywhere", "own password"];

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_copied_cookie_is_dead_after(string ending)
    {
        var (address, cookies, client) = await SignedInAsync();
        using var _ = client;
        using var copy = Copy(cookies);
        await AssertInAsync(copy, isIn: true);

        switch (ending)
        {
            case "permission":
                await site.Get<EditorAccess>().SetPermissionAsync(address, Editor.EditorPermission, "test");
                break;
            case "disabled":
                await site.Get<EditorAccess>().DisableAsync(address, "test");
                break;
            case "disabled and enabled":
                await site.Get<EditorAccess>().DisableAsync(address, "test");
                await site.Get<EditorAccess>().EnableAsync(address, "test");
                break;
            case "removed":
                await site.Get<EditorAccess>().RemoveAsync(address, "test");
                break;
            case "set-up link":
                var path = await site.Get<SetupLinks>().RenewAsync(address, "test");
                await AssertInAsync(copy, isIn: true);
                using (var used = await Site.PostFormAsync(client, path, ("Password", NewPassword)))
                {
                    Assert.Equal(HttpStatusCode.Found, used.StatusCode);
                }
                await AssertInAsync(client, isIn: true);
                break;
            case "sign out":
                using (var other = await SignInAgainAsync(address, Site.Password))
                {
                    await PostAsync(client, "/editor/account", "/editor/sign-out");
                    await AssertInAsync(other, isIn: true);
                }
                break;
            case "sign in again":
                using (var again = await Site.PostFormAsync(client, "/editor/sign-in", ("Email", address.Value), ("Password", Site.Password)))
                {
                    Assert.Equal(HttpStatusCode.Found, again.StatusCode);
                }
                await AssertInAsync(client, isIn: true);
                break;
            case "sign out everywhere":
                using (var other = await SignInAgainAsync(address, Site.Password))
                {
                    await PostAsync(client, "/editor/account", "/editor/account?handler=SignOut");
                    await AssertInAsync(other, isIn: false);
                    await AssertInAsync(client, isIn: false);
                }
                break;
            case "own password":
                using (var other = await SignInAgainAsync(address, Site.Password))
                {
                    await PostAsync(client, "/editor/account", "/editor/account?handler=Password", ("old", Site.Password), ("new", NewPassword));
                    Assert.Contains("Your password is changed.", await client.GetStringAsync("/editor/account"));
                    await AssertInAsync(other, isIn: false);
                    await AssertInAsync(client, isIn: true);
                }
                using (await SignInAgainAsync(address, NewPassword))
                {
                }
                break;
        }
        await AssertInAsync(copy, isIn: false);
    }

    [Fact]
    public async Task A_new_permission_is_had_after_the_next_sign_in()
    {
        var (address, _, client) = await SignedInAsync();
        using var before = client;
        await site.Get<EditorAccess>().SetPermissionAsync(address, Editor.EditorPermission, "test");
        using var after = await SignInAgainAsync(address, Site.Password);
        using var jobs = await after.GetAsync("/hangfire");
        Assert.Equal(HttpStatusCode.Forbidden, jobs.StatusCode);
    }

    [Fact]
    public async Task A_cookie_of_an_older_version_which_names_a_person_and_no_session_lets_nobody_in()
    {
        var (address, _, client) = await SignedInAsync();
        using var _ = client;
        var editor = (await site.Get<EditorStore>().FindAsync(address))!;
        const string scheme = CookieAuthenticationDefaults.AuthenticationScheme;
        var person = new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, $"{editor.Id}"), new Claim(ClaimTypes.Name, editor.Email), new Claim("permission", "operator")], scheme));
        var format = site.Get<IOptionsMonitor<CookieAuthenticationOptions>>().Get(scheme).TicketDataFormat;
        var ticket = new AuthenticationTicket(person, new AuthenticationProperties { ExpiresUtc = DateTimeOffset.MaxValue }, scheme);
        using var old = Copy("newsletter.editor=" + format.Protect(ticket));
        await AssertInAsync(old, isIn: false);
    }

    [Fact]
    public async Task A_wrong_old_password_changes_nothing_and_counts_as_a_try_to_sign_in()
    {
        var (address, cookies, client) = await SignedInAsync();
        using var _ = client;
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await ChangeAsync(client, "wrong password", NewPassword);
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            Assert.Contains("The old password is wrong, or there were too many tries", await wrong.Content.ReadAsStringAsync());
        }
        using var late = await ChangeAsync(client, Site.Password, NewPassword);
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        using var copy = Copy(cookies);
        await AssertInAsync(copy, isIn: true);
        // The limit does not affect other networks.
        using var other = await SignInAgainAsync(address, Site.Password);
        await AssertInAsync(other, isIn: true);
        Assert.Contains(
            await site.Get<AuditStore>().LatestAsync(50),
            entry => entry.Action == "sign-in locked" && entry.Subject.StartsWith(address.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("password1234", "too easy to guess")]
    [InlineData("short", "12 to 200 characters")]
    [InlineData("", "12 to 200 characters")]
    [InlineData(Site.Password, "is the same as the old one")]
    public async Task A_new_password_that_is_not_taken_ends_no_session(string password, string words)
    {
        var (_, cookies, client) = await SignedInAsync();
        using var _ = client;
        using var refused = await ChangeAsync(client, Site.Password, password);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(words, await refused.Content.ReadAsStringAsync());
        using var copy = Copy(cookies);
        await AssertInAsync(copy, isIn: true);
    }

    [Fact]
    public async Task Who_tried_too_often_comes_in_by_a_link_from_the_same_network()
    {
        var (address, _, owner) = await SignedInAsync();
        using var _ = owner;
        using var client = site.WithCookies();
        HttpStatusCode last = default;
        for (var i = 0; i < 25; i++)
        {
            using var wrong = await Site.PostFormAsync(client, "/editor/sign-in", ("Email", address.Value), ("Password", "wrong password"));
            last = wrong.StatusCode;
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        using (await SignInAgainAsync(address, Site.Password))
        {
        }
        var path = await site.Get<SetupLinks>().RenewAsync(address, "test");
        using var used = await Site.PostFormAsync(client, path, ("Password", NewPassword));
        Assert.Equal(HttpStatusCode.Found, used.StatusCode);
        await AssertInAsync(client, isIn: true);
    }

    [Fact]
    public async Task The_link_of_a_disabled_account_says_so_and_lets_nobody_in()
    {
        var address = EmailAddress.Parse(site.NewAddress());
        var path = await site.Get<SetupLinks>().InviteAsync(address, Editor.EditorPermission, "test");
        using var client = site.WithCookies();
        var html = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await client.GetStringAsync(path));
        var token = html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await site.Get<EditorAccess>().DisableAsync(address, "test");

        using var shown = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Forbidden, shown.StatusCode);
        Assert.Contains("This account is disabled", await shown.Content.ReadAsStringAsync());
        using var used = await client.PostAsync(path, Site.Form(("Password", Site.Password), ("__RequestVerificationToken", token)));
        Assert.Contains("This account is disabled", await used.Content.ReadAsStringAsync());
        Assert.False(used.IsSuccessStatusCode);
        await AssertInAsync(client, isIn: false);
    }

    [Fact]
    public async Task A_link_that_was_used_or_followed_by_another_is_dead()
    {
        var address = EmailAddress.Parse(site.NewAddress());
        var older = await site.Get<SetupLinks>().InviteAsync(address, Editor.EditorPermission, "test");
        var newer = await site.Get<SetupLinks>().RenewAsync(address, "test");
        using var client = site.WithCookies();
        using var used = await Site.PostFormAsync(client, newer, ("Password", Site.Password));
        Assert.Equal(HttpStatusCode.Found, used.StatusCode);
        foreach (var path in (string[])[older, newer])
        {
            using var dead = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, dead.StatusCode);
        }
    }

    private async Task<(EmailAddress Address, string Cookies, HttpClient Client)> SignedInAsync()
    {
        var address = EmailAddress.Parse(site.NewAddress());
        // The last operator cannot be disabled or removed, so add another one.
        using var another = await site.SignedInAsync();
        var path = await site.Get<SetupLinks>().InviteAsync(address, Editor.OperatorPermission, "test");
        var cookies = new CookieContainer();
        var client = site.WithCookies(cookies);
        using var answer = await Site.PostFormAsync(client, path, ("Password", Site.Password));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return (address, cookies.GetCookieHeader(site.Address), client);
    }

    private async Task<HttpClient> SignInAgainAsync(EmailAddress address, string password)
    {
        var client = site.WithCookies();
        using var answer = await Site.PostFormAsync(client, "/editor/sign-in", ("Email", address.Value), ("Password", password));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return client;
    }

    /// <summary>Another client with a copy of these cookies.</summary>
    private HttpClient Copy(string cookies)
    {
        var client = site.Stranger();
        client.DefaultRequestHeaders.Add("Cookie", cookies);
        return client;
    }

    private static Task<HttpResponseMessage> ChangeAsync(HttpClient client, string old, string password) =>
        Site.PostFormAsync(client, "/editor/account", "/editor/account?handler=Password", ("old", old), ("new", password));

    private static async Task PostAsync(HttpClient client, string page, string action, params (string, string)[] fields)
    {
        using var answer = await Site.PostFormAsync(client, page, action, fields);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    /// <summary>Checks our own pages and Hangfire's.</summary>
    private static async Task AssertInAsync(HttpClient client, bool isIn)
    {
        foreach (var path in (string[])["/editor", "/editor/account", "/hangfire", "/hangfire/recurring"])
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal((path, isIn ? HttpStatusCode.OK : HttpStatusCode.Found), (path, answer.StatusCode));
            Assert.Equal(isIn ? null : "/editor/sign-in", answer.Headers.Location?.ToString().Split('?')[0]);
        }
    }
}
