using System.Globalization;
using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Cli;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Links;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Planning;
using Newsletter.Subscribers;
using Newsletter.Tests.EndToEnd;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Web;

/// <summary>The pages on a real server, a database of their own and a catcher in memory; no worker.</summary>
public sealed class Site : IAsyncLifetime, IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly TestDatabase database;
    private readonly MailMemory mails = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("newsletter-site-");
    private Catcher catcher = null!;
    private Installation installation = null!;
    private WebApplication app = null!;
    private readonly (string Name, string? Value)[] more = [];
    private int people;

    public Site()
        : this(new TestDatabase())
    {
    }

    /// <param name="more">Additional settings. They override the default ones.</param>
    internal Site(TestDatabase database, params (string Name, string? Value)[] more) => (this.database, this.more) = (database, more);

    /// <summary>A site with its own settings, for one test.</summary>
    public static async Task<Site> StartAsync(params (string Name, string? Value)[] more)
    {
        var site = new Site(new TestDatabase(), more);
        await site.InitializeAsync();
        return site;
    }

    public MailMemory Mails => mails;

    /// <summary>All addresses there are.</summary>
    public IEnumerable<Endpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public IReadOnlyDictionary<string, string?> Settings { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public SignedLinks Links => Get<SignedLinks>();

    /// <returns>The address of a reader's mail as a page.</returns>
    public async Task<string> ViewAsync(RowKey reader, long edition) => Links.View(reader, (await Get<EditionStore>().GetAsync(edition)).Row);

    public async Task<RowKey> NoticeAsync(long id) => new(id, await CountAsync($"select secret from notices where id = {id}"));

    /// <returns>What the link names in the latest mail that asks this person to confirm; null when nobody asked.</returns>
    public async Task<RowKey?> SignUpAsync(string email)
    {
        await using var command = database.DataSource.CreateCommand(
            "select u.id, u.secret from sign_ups u join subscribers s on s.id = u.subscriber_id where s.email = $1 order by u.id desc limit 1");
        command.Parameters.AddWithValue(email);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? new RowKey(reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    /// <summary>The mailbox's owner presses the button of that mail.</summary>
    public async Task<Subscriber> ConfirmAsync(string email) =>
        (await Get<Confirmation>().ConfirmAsync(new(LinkPurpose.Confirm, (await SignUpAsync(email))!.Value))).Subscriber!;

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        await StartAsync();
    }

    /// <summary>Starts on an existing database.</summary>
    internal async Task StartAsync()
    {
        catcher = Catcher.Start(new IPEndPoint(IPAddress.Loopback, 0), new CatcherOptions { Keeper = mails });
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Newsletter"] = database.ConnectionString,
            ["Site:PublicUrl"] = "http://127.0.0.1:1",
            ["Site:TrustedProxies"] = "127.0.0.1",
            ["Site:SigningKeys:0"] = new string('k', 32),
            ["Sender:Address"] = "editor@news.example.com",
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = catcher.EndPoint.Port.ToString(CultureInfo.InvariantCulture),
            ["Smtp:Security"] = "none",
            ["Data:Directory"] = folder.FullName,
            // All tests use addresses of one domain: the normal limit would hold their sign-ups.
            ["Subscribers:SignUpsPerHour"] = "10000",
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }
        Settings = settings;
        installation = await Installation.OpenAsync(Settings);
        app = await Hosts.WebAsync(installation, "http://127.0.0.1:0", work: false, verbose: false);
        await app.StartAsync();
        Address = new Uri(app.Urls.Single());
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await installation.DisposeAsync();
        await catcher.DisposeAsync();
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>
    /// A client without cookies and redirects, so that tests see each response. Each client has its own IP address, because of the
    /// rate limits. Sign-ups are processed before the client returns their response.
    /// </summary>
    public HttpClient Stranger()
    {
        var client = new HttpClient(new SignUpsHandled(this) { InnerHandler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false } })
        {
            BaseAddress = Address,
        };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", NewClient());
        return client;
    }

    /// <summary>A client that keeps cookies, as a browser does.</summary>
    public HttpClient WithCookies(CookieContainer? cookies = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies ?? new CookieContainer() })
        {
            BaseAddress = Address,
        };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", NewClient());
        return client;
    }

    /// <summary>With the cookies of somebody who has signed in.</summary>
    public async Task<HttpClient> SignedInAsync(string permission = Editor.OperatorPermission)
    {
        var address = NewAddress();
        var path = await Get<SetupLinks>().InviteAsync(EmailAddress.Parse(address), permission, "test");
        var client = WithCookies();
        using var answer = await PostFormAsync(client, path, ("Password", Password));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return client;
    }

    /// <summary>Loads a page and sends its form with the token against forgery that is in it.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(HttpClient client, string page, params (string Name, string Value)[] fields) =>
        await PostFormAsync(client, page, page, fields);

    public static async Task<HttpResponseMessage> PostFormAsync(HttpClient client, string page, string action, params (string Name, string Value)[] fields)
    {
        var html = new HtmlParser().ParseDocument(await client.GetStringAsync(page));
        var token = html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return await client.PostAsync(action, Form([.. fields, ("__RequestVerificationToken", token)]));
    }

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>An address from which nobody has come yet.</summary>
    public string NewClient()
    {
        var number = Interlocked.Increment(ref people);
        return string.Create(CultureInfo.InvariantCulture, $"10.0.{number / 250}.{(number % 250) + 1}");
    }

    public string NewAddress() => string.Create(CultureInfo.InvariantCulture, $"person{Interlocked.Increment(ref people)}@example.com");

    public Task<Subscriber> SubscriberAsync(params string[] roles) =>
        Get<AddSubscriber>().AddAsync(EmailAddress.Parse(NewAddress()), new Preferences { Roles = roles }, confirmed: true, "test");

    public async Task<string> StatusOfAsync(long subscriberId) => (await Get<SubscriberStore>().FindAsync(subscriberId))!.Status;

    public async Task<long> ItemAsync(string title, params string[] bestFor)
    {
        var content = new ItemContent
        {
            Title = title, Summary = "A summary.", KeyTakeaway = "A takeaway.", BestFor = bestFor,
            Credit = "Editorial summary by A. Original article published by B.",
        };
        return (await Get<ItemStore>().SaveAsync(content, CancellationToken.None)).Id;
    }

    /// <summary>A digest with a plan of its own.</summary>
    public async Task<EditionPlan> PlanAsync(string slug)
    {
        await Get<DigestStore>().CreateAsync(new Digest
        {
            Id = 0, Slug = slug, Name = "Weekly <b>Brief</b>", Timezone = "Europe/Berlin", Lead = TimeSpan.Zero,
            MinItems = 1, MaxItems = 5, CandidateDays = 30, Approval = "required",
        });
        return await Get<EditionPlanning>().PlanAsync(slug);
    }

    public Task<NpgsqlConnection> OpenAsync() => database.DataSource.OpenConnectionAsync().AsTask();

    public async Task<long> CountAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Repeats until the queue is empty, because the web process may be processing a sign-up at the same time.</summary>
    private async Task HandleSignUpsAsync()
    {
        for (var tries = 0; tries < 100 && await CountAsync("select count(*) from sign_up_queue") > 0; tries++)
        {
            await Get<SignUpQueue>().ProcessAsync(CancellationToken.None);
            await Task.Delay(10);
        }
    }

    private sealed class SignUpsHandled(Site site) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (request.Method == HttpMethod.Post && answer.IsSuccessStatusCode && request.RequestUri!.AbsolutePath == "/subscribe")
            {
                await site.HandleSignUpsAsync();
            }
            return answer;
        }
    }
}

[CollectionDefinition(nameof(Site))]
public sealed class SiteCollection : ICollectionFixture<Site>;

/// <summary>Another site, beside the first: what editors do.</summary>
[CollectionDefinition(nameof(SiteOfEditors))]
public sealed class SiteOfEditors : ICollectionFixture<Site>;

/// <summary>For tests that measure short times: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(SiteAlone), DisableParallelization = true)]
public sealed class SiteAlone : ICollectionFixture<Site>;

/// <summary>A third one: what takes a browser.</summary>
[CollectionDefinition(nameof(SiteInBrowser))]
public sealed class SiteInBrowser : ICollectionFixture<Site>, ICollectionFixture<Browser>;
