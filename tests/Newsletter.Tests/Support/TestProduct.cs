using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Addresses;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Planning;
using Newsletter.Restores;
using Newsletter.Roles;
using Newsletter.Sending;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>
/// The whole product on a database of its own, with a clock that tests set and an SMTP server that keeps what it gets;
/// and the few words in which tests tell their stories.
/// </summary>
public sealed class TestProduct : IAsyncLifetime
{
    public const string Digest = "weekly";
    private readonly TestDatabase database;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("newsletter-test-");
    private Catcher? catcher;
    private ServiceProvider services = null!;
    private int articles;

    public TestProduct()
        : this(new TestDatabase())
    {
    }

    internal TestProduct(TestDatabase database) => this.database = database;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    /// <summary>Configuration beyond what every test has.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What is special about the SMTP server.</summary>
    public Func<CatcherOptions, CatcherOptions> Relay { get; init; } = options => options;

    public MailMemory Mails { get; } = new();

    public Script Faults { get; } = new();

    public LogLines Logs { get; } = new();

    public TestDatabase Database => database;

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>All of the configuration, as another process needs it to work beside this one.</summary>
    public Dictionary<string, string> Configuration { get; private set; } = [];

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        catcher = Catcher.Start(new IPEndPoint(IPAddress.Loopback, 0), Relay(new CatcherOptions { Keeper = Mails, Script = Faults }));
        Configuration = new Dictionary<string, string>
        {
            ["ConnectionStrings:Newsletter"] = database.ConnectionString,
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = $"{catcher.EndPoint.Port}",
            ["Smtp:Security"] = "none",
            ["Site:PublicUrl"] = "http://127.0.0.1:8080",
            ["Site:SigningKeys:0"] = "a key for tests, and for nothing else",
            ["Sender:Address"] = "news@example.com",
            ["Data:Directory"] = folder.FullName,
        };
        foreach (var (name, value) in Settings)
        {
            Configuration[name] = value;
        }
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Configuration!).Build();
        services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Logs))
            .AddSingleton<TimeProvider>(Time)
            .AddNewsletter(configuration, database.ConnectionString)
            // Connections that are there already.
            .AddSingleton(database.DataSource)
            .BuildServiceProvider();
        if (!database.IsSeeded)
        {
            await Get<TaxonomyStore>().SeedAsync();
        }
    }

    /// <summary>With a digest, an article and cto@example.com, whom it fits.</summary>
    public async Task InitializeWithReaderAsync()
    {
        await InitializeAsync();
        await DigestAsync();
        await ArticleAsync("CTO");
        await ReaderAsync("cto@example.com", "CTO");
    }

    public async Task DisposeAsync()
    {
        // Null when a setting was refused.
        if (services is not null)
        {
            await services.DisposeAsync();
        }
        await StopRelayAsync();
        folder.Delete(recursive: true);
        await database.DisposeAsync();
    }

    /// <summary>The relay is gone: connections are refused.</summary>
    public ValueTask StopRelayAsync() => Interlocked.Exchange(ref catcher, null)?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <returns>The id of a new article that is best for these labels.</returns>
    public Task<long> ArticleAsync(params string[] bestFor) => ArticleAsync(content => content, bestFor);

    public async Task<long> ArticleAsync(Func<ItemContent, ItemContent> change, params string[] bestFor)
    {
        var number = Interlocked.Increment(ref articles);
        var content = new ItemContent { Title = $"Article {number}", Summary = $"What article {number} says.", BestFor = bestFor, Publication = "A Journal" };
        return (await Get<ItemStore>().SaveAsync(change(content))).Id;
    }

    public Task<Subscriber> ReaderAsync(string email, params string[] roles) => ReaderAsync(email, new Preferences { Roles = roles });

    public Task<Subscriber> ReaderAsync(string email, Preferences preferences) =>
        Get<AddSubscriber>().AddAsync(EmailAddress.Parse(email), preferences, confirmed: true, "test");

    /// <summary>reader0@example.com and so on, all with the same roles; as fast as thousands need it.</summary>
    public async Task ReadersAsync(int count, params string[] roles)
    {
        await ReaderAsync("reader0@example.com", roles);
        await ExecuteAsync(
            """
            insert into subscribers (email, email_key, status, label_ids, created_at, confirmed_at)
            select 'reader' || i || '@example.com', 'reader' || i || '@example.com', s.status, s.label_ids, s.created_at, s.confirmed_at
            from subscribers s, generate_series(1, $1 - 1) i where s.email = 'reader0@example.com'
            """, count);
    }

    public Task<Digest> DigestAsync(Func<Digest, Digest>? change = null)
    {
        var digest = new Digest
        {
            Id = 0, Slug = Digest, Name = "The Weekly", Timezone = "UTC", Lead = TimeSpan.FromHours(24),
            MinItems = 1, MaxItems = 8, CandidateDays = 30, Approval = "required",
        };
        return Get<DigestStore>().CreateAsync(change?.Invoke(digest) ?? digest);
    }

    public Task<EditionPlan> PlanAsync(string slug = Digest) => Get<EditionPlanning>().PlanAsync(slug);

    public async Task OverrideAsync(long edition, string kind, params long[] items)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await OverrideStore.AddAsync(connection, transaction, edition, kind, items, role: null);
        await transaction.CommitAsync();
    }

    /// <summary>Plans, approves and starts sending.</summary>
    public async Task<long> StartAsync(string slug = Digest)
    {
        var edition = (await PlanAsync(slug)).Edition;
        await Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await Get<EditionSteps>().SendAsync(edition, "test");
        return edition;
    }

    /// <summary>An edition is as it was when it had just been started.</summary>
    public async Task BeginAgainAsync(long edition)
    {
        await ExecuteAsync(
            """
            update deliveries set state = 'due', attempt = 0, owner = null, reason = null, reply = null, due_at = null, ended_at = null
            where edition_id = $1 and choices is not null
            """, edition);
        await ExecuteAsync("update editions set state = 'sending', started_at = $2, finished_at = null, note = null where id = $1", edition, Time.GetUtcNow());
    }

    public Task RunAsync(long edition, CancellationToken stop = default) => Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), stop);

    public async Task<long> SendAsync(string slug = Digest)
    {
        var edition = await StartAsync(slug);
        await RunAsync(edition);
        return edition;
    }

    /// <summary>Somebody who sends, step by step.</summary>
    public async Task<Sender> SenderAsync(long edition)
    {
        Assert.True(await Get<SendingGuard>().MaySendAsync());
        return new Sender(this, edition, await WorkerLease.TakeAsync(database.DataSource, edition));
    }

    public Task<DeliveryAccount> AccountAsync(long edition) => Get<DeliveryStore>().AccountAsync(edition);

    public async Task<string> StateAsync(long edition) => (await Get<EditionStore>().GetAsync(edition)).State;

    /// <returns>Ids of items in the order in which this reader gets them; empty when skipped.</returns>
    public async Task<IReadOnlyList<long>> ItemsOfAsync(long edition, string email) =>
        (await Get<Explaining>().WhyAsync(edition, email)).Items.Select(i => i.Id).ToList();

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T?)await command.ExecuteScalarAsync();
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }
        return command;
    }

    /// <summary>Mails caught for an address.</summary>
    public IReadOnlyList<CaughtMail> MailsTo(string email) => Mails.Mails.Where(m => m.Recipients.Contains(email)).ToList();
}
