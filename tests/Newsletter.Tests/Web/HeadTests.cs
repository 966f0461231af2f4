using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Lifecycle;
using Newsletter.Sending;

namespace Newsletter.Tests.Web;

/// <summary>Every address that answers GET, as the server itself lists them: a new one is in it.</summary>
public sealed class HeadTests : IAsyncLifetime
{
    private readonly Site site = new();

    public Task InitializeAsync() => site.InitializeAsync();

    public Task DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task HEAD_answers_as_GET_does_without_a_body_and_changes_nothing()
    {
        var known = await KnownAsync();
        var cookies = await SignInAsync();
        var setup = await site.Get<SetupLinks>().InviteAsync(EmailAddress.Parse(site.NewAddress()), Editor.EditorPermission, "test");
        known["editor/setup/token"] = setup[SetupLinks.Path.Length..];
        var paths = site.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not { HttpMethods: { Count: > 0 } methods } || methods.Contains("GET"))
            .Select(endpoint => RoutePaths.Of(endpoint.RoutePattern, known)).Distinct().Order().ToList();
        var before = await StateAsync();
        var wrong = new List<string>();
        foreach (var path in paths)
        {
            var got = await AskAsync("GET", path, cookies);
            var head = await AskAsync("HEAD", path, cookies);
            if (got.Status != head.Status || got.Type != head.Type || head.Body > 0 || head.SetsCookie)
            {
                wrong.Add($"{path}: GET {got}, HEAD {head}");
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(before, await StateAsync());
        // Those that are known here were found, so that not only errors were compared.
        foreach (var path in (string[])
        [
            "/", "/subscribe", "/health/live", "/health/ready", "/robots.txt", "/feeds/all.xml", "/archive", "/editor", "/hangfire/",
        ])
        {
            Assert.Contains(path, paths);
            Assert.InRange((await AskAsync("HEAD", path, cookies)).Status, 200, 302);
        }
    }

    private async Task<Dictionary<string, string>> KnownAsync()
    {
        var reader = await site.SubscriberAsync("Growth Manager");
        var item = await site.ItemAsync("An item", "Growth Manager");
        var edition = (await site.PlanAsync("weekly")).Edition;
        await site.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await site.Get<EditionSteps>().SendAsync(edition, "test");
        await site.Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);
        return new Dictionary<string, string>
        {
            ["confirm/token"] = RoutePaths.Token(site.Links.Confirm(reader.Row)),
            ["preferences/token"] = RoutePaths.Token(site.Links.Preferences(reader.Row)),
            ["unsubscribe/token"] = RoutePaths.Token(site.Links.Unsubscribe(reader.Row, edition)),
            ["items/id"] = $"{item}", ["archive/id"] = $"{edition}",
            ["editor/editions/id"] = $"{edition}", ["editor/digests/slug"] = "weekly", ["feeds/role"] = "all",
        };
    }

    private async Task<string> SignInAsync()
    {
        var address = site.NewAddress();
        var path = await site.Get<SetupLinks>().InviteAsync(EmailAddress.Parse(address), Editor.OperatorPermission, "test");
        var cookies = new CookieContainer();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = site.Address };
        using var answer = await Site.PostFormAsync(client, path, ("Password", Site.Password));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return cookies.GetCookieHeader(site.Address);
    }

    private async Task<string> StateAsync() => string.Join(' ', await Task.WhenAll(
        ((string[])["audit_log", "subscribers where status = 'confirmed'", "notices", "setup_links where used_at is null", "editors", "alarms"])
        .Select(table => site.CountAsync($"select count(*) from {table}"))));

    /// <summary>Octet for octet, over a connection of its own: a client would not show a body.</summary>
    private async Task<Answer> AskAsync(string method, string path, string cookies)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(site.Address.Host, site.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: {site.Address.Authority}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"));
        using var whole = new MemoryStream();
        await stream.CopyToAsync(whole);
        var text = Encoding.Latin1.GetString(whole.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var lines = text[..end].Split("\r\n");
        return new Answer(
            int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture),
            lines.FirstOrDefault(line => line.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)),
            text.Length - end,
            lines.Any(line => line.StartsWith("Set-Cookie:", StringComparison.OrdinalIgnoreCase)));
    }

    private sealed record Answer(int Status, string? Type, int Body, bool SetsCookie);
}
