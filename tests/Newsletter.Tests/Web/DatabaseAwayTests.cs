using System.Net;
using AngleSharp.Html.Parser;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Cli;
using Newsletter.Database;
using Newsletter.Tests.Support;
using Newsletter.Worker;

namespace Newsletter.Tests.Web;

/// <summary>A database server of its own, which is stopped and started again.</summary>
public sealed class DatabaseAwayTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-away-");
    private EmbeddedPostgres postgres = null!;
    private Site site = null!;

    public async Task InitializeAsync()
    {
        // The server runs as somebody else, who must get there.
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        await StartAsync();
        await new Migrations(postgres.ConnectionString + ";Pooling=false").ApplyAsync(default);
        await JobSchema.ApplyAsync(postgres.ConnectionString, default);
        site = new Site(new TestDatabase(postgres));
        await site.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Pages_say_that_they_are_away_and_work_again_when_it_is_back()
    {
        var reader = await site.SubscriberAsync("CTO");
        var preferences = new Uri(site.Links.Preferences(reader.Row)).AbsolutePath;
        var unsubscribe = new Uri(site.Links.Unsubscribe(reader.Row, 1)).AbsolutePath;
        using var stranger = site.Stranger();
        using var editor = await site.SignedInAsync();
        var token = await TokenAsync(editor, "/editor/roles");
        await postgres.DisposeAsync();

        foreach (var path in (string[])["/archive", "/feeds/all.xml", "/items/1", preferences, "/health/ready"])
        {
            await AwayAsync(await stranger.GetAsync(path), path);
        }
        await AwayAsync(await stranger.PostAsync("/subscribe", Site.Form(("Email", "new@example.com"), ("Roles", "CTO"))), "sign-up");
        await AwayAsync(await stranger.PostAsync(unsubscribe, Site.Form(("List-Unsubscribe", "One-Click"))), "unsubscribe");
        await AwayAsync(await stranger.PostAsync(preferences, Site.Form(("Depth", "brief"))), "preferences");
        foreach (var path in (string[])["/editor", "/editor/roles", "/hangfire", "/editor/editions/1/preview"])
        {
            await AwayAsync(await editor.GetAsync(path), path);
        }
        await AwayAsync(await editor.PostAsync("/editor/roles", Site.Form(("label", "x"), ("roles", "cto"), ("__RequestVerificationToken", token))), "roles");
        using var live = await stranger.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        await StartAsync();
        using var back = await editor.GetAsync("/editor");
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        using var again = await stranger.GetAsync("/archive");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    /// <summary>Its keys are read at the first use: cookies and forms of before must not look forged.</summary>
    [Fact]
    public async Task A_web_process_that_starts_while_it_is_away_takes_nobody_for_a_forger()
    {
        var address = site.NewAddress();
        var setup = await site.Get<SetupLinks>().InviteAsync(EmailAddress.Parse(address), Editor.OperatorPermission, "test");
        var cookies = new CookieContainer();
        using var before = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = site.Address };
        using var signedIn = await Site.PostFormAsync(before, setup, ("Password", Site.Password));
        var token = await TokenAsync(before, "/editor/sign-in");
        await using var installation = await Installation.OpenAsync(site.Settings);
        await using var app = await Hosts.WebAsync(installation, "http://127.0.0.1:0", work: false, verbose: false);
        await postgres.DisposeAsync();
        await app.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies });
        client.BaseAddress = new Uri(app.Urls.Single());

        await AwayAsync(await client.GetAsync("/editor"), "editor");
        await AwayAsync(await client.GetAsync("/editor/sign-in"), "sign-in page");
        var form = Site.Form(("Email", address), ("Password", Site.Password), ("__RequestVerificationToken", token));
        await AwayAsync(await client.PostAsync("/editor/sign-in", form), "sign-in");

        await StartAsync();
        using var back = await client.GetAsync("/editor");
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    private static async Task<string> TokenAsync(HttpClient client, string page) =>
        new HtmlParser().ParseDocument(await client.GetStringAsync(page)).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    private async Task StartAsync() => postgres = await EmbeddedPostgres.StartAsync(folder.FullName);

    private static async Task AwayAsync(HttpResponseMessage answer, string what)
    {
        using (answer)
        {
            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{what}: {answer.StatusCode}");
            Assert.Equal(TimeSpan.FromSeconds(30), answer.Headers.RetryAfter?.Delta);
            Assert.DoesNotContain("Npgsql", await answer.Content.ReadAsStringAsync());
        }
    }
}
