using Dapper;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Planning;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Planning;

/// <summary>Packed or not, history says the same; and it is packed once it can no longer change.</summary>
public sealed class HistoryPackingTests : IAsyncLifetime
{
    private const string Email = "cto@example.com";
    private const string Other = "other";
    private static readonly string[][] Roles = [["CTO"], ["Product Manager"], ["AI Engineer", "CTO"], ["Data Scientist", "Product Manager"]];

    private readonly TestProduct house = new();

    private HistoryPageStore Pages => house.Get<HistoryPageStore>();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Packed_history_gives_the_very_plan_that_deliveries_give()
    {
        await house.DigestAsync(d => d with { MinItems = 2, MaxItems = 3 });
        await house.DigestAsync(d => d with { Slug = Other, MaxItems = 2 });
        await PopulateAsync();
        var first = await house.ArticleAsync("CTO");
        foreach (var slug in new[] { TestProduct.Digest, Other, TestProduct.Digest, Other, TestProduct.Digest })
        {
            house.Time.Advance(TimeSpan.FromDays(5));
            await house.ArticleAsync("CTO");
            await house.ArticleAsync("Product Manager", "AI Engineer");
            await EndAsync(await house.StartAsync(slug));
        }
        // What changes nothing in the pages, and much in the plan.
        await ExecuteAsync("delete from subscribers where id % 10 = 1");
        await house.Get<StoryStore>().MergeAsync([first, await house.ArticleAsync("CTO", "Data Scientist")], "test");
        house.Time.Advance(TimeSpan.FromDays(2));
        await house.ArticleAsync("AI Engineer", "Product Manager");
        await house.StartAsync(Other);
        var unpacked = await RowsAsync((await house.PlanAsync()).Edition);
        Assert.Equal(0, await ScalarAsync<int>("select count(*)::int from history_pages"));

        await house.Get<HistoryPacking>().RunAsync(default);

        Assert.Equal((5, 5), (
            await ScalarAsync<int>("select count(*)::int from editions where is_packed"),
            await ScalarAsync<int>("select count(distinct page)::int from history_pages")));
        Assert.Equal(unpacked, await RowsAsync((await house.PlanAsync()).Edition));
        Assert.Superset(
            new HashSet<string?> { null, "nothing_fits", "rolled_over", "too_few" }, unpacked.Select(row => row.Reason).ToHashSet());
    }

    [Fact]
    public async Task An_edition_is_packed_once_by_however_many_workers()
    {
        await SentAsync();

        var packed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Pages.PackAsync(1, default))));

        Assert.Single(packed, isPacked => isPacked);
        var pages = await ScalarAsync<string>("select string_agg(page || encode(readers, 'hex'), ',') from history_pages");
        await house.Get<HistoryPacking>().RunAsync(default);
        Assert.Equal(pages, await ScalarAsync<string>("select string_agg(page || encode(readers, 'hex'), ',') from history_pages"));
        Assert.Empty(await ItemsOfNextAsync());
    }

    [Fact]
    public async Task Packing_waits_for_nobody_and_takes_up_later_what_it_left()
    {
        await SentAsync();
        await using (var busy = await house.Database.DataSource.OpenConnectionAsync())
        await using (var transaction = await busy.BeginTransactionAsync())
        {
            await HistoryPageStore.UnpackAsync(busy, transaction, 1);
            Assert.False(await Pages.PackAsync(1, default).WaitAsync(TimeSpan.FromSeconds(30)));
            await transaction.CommitAsync();
        }

        Assert.True(await Pages.PackAsync(1, default));
    }

    [Fact]
    public async Task An_edition_is_not_packed_while_a_mail_of_it_is_under_way()
    {
        await house.DigestAsync();
        await house.ReaderAsync(Email, "CTO");
        await house.ArticleAsync("CTO");
        var edition = await house.StartAsync();
        await house.Get<EditionSteps>().CancelAsync(edition, "test");
        foreach (var underWay in new[] { "sending", "claimed", "deferred", "due" })
        {
            await ExecuteAsync($"update deliveries set state = '{underWay}', reason = null");
            Assert.False(await Pages.PackAsync(edition, default));
        }
        await ExecuteAsync("update deliveries set state = 'uncertain'");

        Assert.True(await Pages.PackAsync(edition, default));
        Assert.Empty(await ItemsOfNextAsync());
    }

    [Fact]
    public async Task An_edition_that_is_still_sending_is_not_packed()
    {
        await house.DigestAsync();
        await house.ReaderAsync(Email, "CTO");
        await house.ArticleAsync("CTO");
        var edition = await house.StartAsync();
        await ExecuteAsync("update deliveries set state = 'sent'");

        await house.Get<HistoryPacking>().RunAsync(default);

        Assert.False(await ScalarAsync<bool>("select is_packed from editions"));
        Assert.Equal("sending", await house.StateAsync(edition));
    }

    [Fact]
    public async Task An_edition_unpacked_is_read_from_its_deliveries_again_until_it_is_packed_anew()
    {
        await SentAsync();
        Assert.True(await Pages.PackAsync(1, default));
        await using (var connection = await house.Database.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await HistoryPageStore.UnpackAsync(connection, transaction, 1);
            await connection.ExecuteAsync("update deliveries set state = 'failed' where edition_id = 1", transaction: transaction);
            await transaction.CommitAsync();
        }

        Assert.Single(await ItemsOfNextAsync());
        Assert.True(await Pages.PackAsync(1, default));
        Assert.Single(await ItemsOfNextAsync());
        Assert.Equal(0, await ScalarAsync<int>("select count(*)::int from history_pages"));
    }

    [Fact]
    public async Task An_edition_that_cannot_be_packed_keeps_none_of_its_pages_and_the_others_are_packed()
    {
        await SentAsync();
        await house.ArticleAsync("CTO");
        await house.SendAsync();
        await ExecuteAsync("create function refuse() returns trigger language plpgsql as $$ begin raise 'no room'; end $$");
        await ExecuteAsync("create trigger refuse after insert on history_pages for each row when (new.edition_id = 1) execute function refuse()");

        await house.Get<HistoryPacking>().RunAsync(default);

        Assert.Equal("2", await ScalarAsync<string>("select string_agg(id::text, ',') from editions where is_packed"));
        Assert.Equal("2", await ScalarAsync<string>("select string_agg(distinct edition_id::text, ',') from history_pages"));
        Assert.Empty(await ItemsOfNextAsync());
    }

    private async Task SentAsync()
    {
        await house.DigestAsync();
        await house.ReaderAsync(Email, "CTO");
        await house.ArticleAsync("CTO");
        Assert.Equal(1, await house.SendAsync());
    }

    private async Task<IReadOnlyList<long>> ItemsOfNextAsync() => await house.ItemsOfAsync((await house.PlanAsync()).Edition, Email);

    /// <summary>2,500 readers of many kinds, on pages that are full, begun, or not there.</summary>
    private async Task PopulateAsync()
    {
        foreach (var (n, roles) in Roles.Index())
        {
            await house.ReaderAsync($"{n}@example.com", roles);
        }
        await ManyAsync(1000, 1500);
        await ManyAsync(5000, 1000);

        Task ManyAsync(int after, int count) => ExecuteAsync(
            $"""
            select setval(pg_get_serial_sequence('subscribers', 'id'), {after});
            insert into subscribers (email, email_key, status, label_ids, cadence, too_few, created_at, confirmed_at)
            select n || '@example.net', n || '@example.net', 'confirmed', s.label_ids,
                   (array['every', 'every', 'every', 'daily', 'weekly', 'monthly'])[1 + (hashint4(n) & 7) % 6],
                   (array['skip', 'widen', 'roll_over'])[1 + (hashint4(n + 7) & 7) % 3], s.created_at, s.confirmed_at
            from generate_series({after} + 1, {after} + {count}) n join subscribers s on s.email = (hashint4(-n) & 3) || '@example.com'
            """);
    }

    /// <summary>Every third edition is cancelled in the middle.</summary>
    private async Task EndAsync(long edition)
    {
        await ExecuteAsync(
            $"""
            update deliveries set
                state = (array['sent', 'sent', 'sent', 'sent', 'failed', 'uncertain', 'skipped', 'due'])[1 + (hashint8(subscriber_id * 16 + {edition}) & 7)],
                reason = case when hashint8(subscriber_id * 16 + {edition}) & 7 = 6 then 'unsubscribed' end
            where edition_id = {edition} and state = 'due'
            """);
        if (edition % 3 == 0)
        {
            await house.Get<EditionSteps>().CancelAsync(edition, "test");
            return;
        }
        await ExecuteAsync($"update deliveries set state = 'sent' where edition_id = {edition} and state = 'due'");
        Assert.True(await house.Get<EditionTransitionStore>().FinishAsync(edition));
    }

    private async Task<List<Row>> RowsAsync(long edition)
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<Row>(
            "select subscriber_id, encode(choices, 'hex') as choices, reason from deliveries where edition_id = @edition order by subscriber_id",
            new { edition })).AsList();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    private sealed record Row
    {
        public required long SubscriberId { get; init; }
        public required string? Choices { get; init; }
        public required string? Reason { get; init; }
    }
}
