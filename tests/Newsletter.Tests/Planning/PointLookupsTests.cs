using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Newsroom;
using Newsletter.Planning;
using Newsletter.Restores;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Planning;

/// <summary>
/// What is asked for one person, or for a batch of deliveries, reads no whole table: the plans are those of the very
/// statements, as PostgreSQL's auto_explain logs them, over 30,000 readers and three editions for all of them.
/// </summary>
public sealed partial class PointLookupsTests : IAsyncLifetime
{
    private const int Readers = 30_000;
    private const string Email = "reader15000@example.com";

    private readonly TestProduct house = new();
    private readonly Plans plans = new();
    private NpgsqlDataSource watched = null!;
    private long edition;

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await house.DigestAsync();
        await house.ReaderAsync("first@example.com", "CTO");
        await ExecuteAsync(
            $"""
            insert into subscribers (email, email_key, status, label_ids, created_at, confirmed_at)
            select 'reader' || n || '@example.com', 'reader' || n || '@example.com', 'confirmed', s.label_ids, s.created_at, s.confirmed_at
            from subscribers s, generate_series(1, {Readers}) n;
            analyze subscribers;
            """);
        for (var i = 0; i < 3; i++)
        {
            if (edition != 0)
            {
                await ExecuteAsync(
                    $"update deliveries set state = 'sent', attempt = 1, owner = gen_random_uuid(), ended_at = now() where edition_id = {edition}");
            }
            await house.ArticleAsync("CTO");
            edition = await house.StartAsync();
        }
        await ExecuteAsync("vacuum analyze");
        var connection = new NpgsqlConnectionStringBuilder(house.Database.ConnectionString)
        {
            Options = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c client_min_messages=log",
            Pooling = false,
        };
        watched = new NpgsqlDataSourceBuilder(connection.ConnectionString).UseLoggerFactory(plans).Build();
    }

    public async Task DisposeAsync()
    {
        await watched.DisposeAsync();
        plans.Dispose();
        await house.DisposeAsync();
    }

    [Fact]
    public async Task What_goes_through_a_whole_table_is_seen()
    {
        await new DeliveryStore(watched, Options.Create(new DeliveryOptions()), house.Time).AccountAsync(edition);

        Assert.NotEmpty(WholeTables());
    }

    [Fact]
    public async Task Why_reads_one_delivery_and_one_persons_history()
    {
        await AssertWhyAsync();
        Assert.Contains(plans.All, plan => plan.Contains("subscriber_id between", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Why_reads_one_page_of_each_packed_edition()
    {
        foreach (var ended in new[] { edition - 2, edition - 1 })
        {
            Assert.True(await house.Get<EditionTransitionStore>().FinishAsync(ended));
            Assert.True(await house.Get<HistoryPageStore>().PackAsync(ended, default));
        }
        // Pages of many more readers: those there are would fit into one block, and be read whole.
        await ExecuteAsync($"insert into history_pages select {edition - 1}, n, '' from generate_series(1000000, 1020000) n; vacuum analyze history_pages");

        await AssertWhyAsync();
        Assert.Contains(plans.All, plan =>
            plan.Contains("from history_pages", StringComparison.Ordinal) && !plan.Contains("subscriber_id between", StringComparison.Ordinal));
    }

    private async Task AssertWhyAsync()
    {
        var explaining = new Explaining(
            watched, house.Get<EditionStore>(), house.Get<PlanInputStore>(), new CompositionStore(watched), house.Get<ItemStore>(),
            new SubscriberStore(watched), house.Get<TaxonomyStore>(), house.Get<LabelStore>());

        var why = await explaining.WhyAsync(edition, Email);

        Assert.Equal((1, 2), (why.Items.Count, why.Withheld.Count));
        Assert.All(why.Withheld, item => Assert.Equal("seen", item.Kind));
        Assert.Contains(plans.All, plan => plan.Contains("where s.id =", StringComparison.Ordinal));
        AssertPoints();
    }

    [Fact]
    public async Task Claims_and_marks_and_results_read_their_batch()
    {
        var deliveries = new DeliveryStore(watched, Options.Create(new DeliveryOptions()), house.Time);
        await house.Get<SendingGuard>().MaySendAsync();
        await using var lease = await WorkerLease.TakeAsync(watched, edition);
        await using var batches = new DeliveryBatchStore(watched, edition, lease.Owner, new DeliveryOptions(), house.Get<SendingGuard>(), house.Time);

        var claimed = await deliveries.ClaimAsync(edition, lease.Owner, 200);
        await ExecuteAsync("vacuum analyze deliveries");
        IReadOnlyList<DeliveryAttempt> attempts = [];
        for (var i = 0; i < 10; i++)
        {
            // As often as it takes for the statement's plan to be kept.
            attempts = await batches.RecordAndMarkAsync(
                attempts.Select(a => (a, DeliveryResult.Sent)).ToList(), claimed.Skip(i * 10).Take(10).Select(c => c.SubscriberId).ToList());
        }
        await deliveries.ReleaseAsync(edition, lease.Owner);
        await ExecuteAsync("update senders set lease_until = now() - interval '1 second'");
        await deliveries.SweepAsync();

        Assert.Equal((200, 10), (claimed.Count, attempts.Count));
        AssertPoints();
    }

    [Fact]
    public async Task Claims_in_an_edition_that_waits_for_readers_hours_read_their_batch()
    {
        await ExecuteAsync(
            $"update deliveries set due_at = timestamptz '2026-03-02 12:00Z' + subscriber_id % 12 * interval '1 hour' where edition_id = {edition}; "
            + "update editions set at_once = false; analyze deliveries");
        var deliveries = new DeliveryStore(watched, Options.Create(new DeliveryOptions()), house.Time);

        await using var lease = await WorkerLease.TakeAsync(watched, edition);

        Assert.Empty(await deliveries.ClaimAsync(edition, lease.Owner, 200));
        house.Time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(200, (await deliveries.ClaimAsync(edition, lease.Owner, 200)).Count);

        AssertPoints();
    }

    private void AssertPoints()
    {
        Assert.NotEmpty(plans.All);
        Assert.True(WholeTables() is [], string.Join("\n\n", WholeTables()));
    }

    private List<string> WholeTables() => plans.All.Where(plan => WholeTable().IsMatch(plan)).ToList();

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    [GeneratedRegex(@"Seq Scan on (public\.)?(deliveries|subscribers|history_pages)")]
    private static partial Regex WholeTable();

    /// <summary>Keeps the plans that the server sends with its answers.</summary>
    private sealed class Plans : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> all = new();

        public IReadOnlyCollection<string> All => all;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) is var text && text.Contains("Query Text", StringComparison.Ordinal))
            {
                all.Enqueue(text);
            }
        }

        public void Dispose()
        {
        }
    }
}
