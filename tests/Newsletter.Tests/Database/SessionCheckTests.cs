using Newsletter.Database;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Database;

/// <summary>A pooler either leaves each connection its session, or is refused before anything is lost.</summary>
public sealed class SessionCheckTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Theory]
    [Trait("Length", "long")]
    [InlineData("transaction", "server_round_robin = 0")]
    [InlineData("transaction", "server_round_robin = 1")]
    [InlineData("transaction", "default_pool_size = 1")]
    [InlineData("statement", "server_round_robin = 1")]
    public async Task Shared_sessions_are_seen_whatever_the_others_do(string mode, string setting)
    {
        await using var bouncer = await PgBouncer.StartAsync(mode, setting);
        var through = bouncer.Through(house.Database.ConnectionString);
        Assert.Contains("pool_mode = session", (await RefusalAsync(through)).Message);

        using var stop = new CancellationTokenSource();
        var others = Enumerable.Range(0, 6).Select(_ => KeepBusyAsync(through, stop.Token)).ToList();
        for (var time = 0; time < 10; time++)
        {
            Assert.Equal(RefusalKind.Invalid, (await RefusalAsync(through)).Kind);
        }
        await stop.CancelAsync();
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task Every_command_refuses_a_pooler_that_shares_sessions()
    {
        await using var bouncer = await PgBouncer.StartAsync("transaction");
        foreach (var command in (string[][])[["doctor"], ["worker"], ["migrate"], ["items", "list"]])
        {
            var run = await CliRun.OfAsync(Settings(bouncer), command);

            Assert.Equal(3, run.ExitCode);
            Assert.Contains("connect to PostgreSQL directly, or set pool_mode = session", run.Error);
        }
    }

    [Fact]
    public async Task A_pooler_that_leaves_sessions_alone_works()
    {
        house.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        await house.DigestAsync();
        await house.ArticleAsync("CTO");
        await house.ReadersAsync(200, "CTO");
        var edition = await house.StartAsync();
        await using var bouncer = await PgBouncer.StartAsync("session", "default_pool_size = 50");

        Assert.Equal(0, (await CliRun.OfAsync(Settings(bouncer), ["migrate"])).ExitCode);
        var send = await CliRun.OfAsync(Settings(bouncer), ["editions", "send", $"{edition}", "--wait"]);

        Assert.True(send.ExitCode == 0, send.Error);
        Assert.Equal(200, (await house.AccountAsync(edition)).Sent);
    }

    [Fact]
    public async Task Without_a_pooler_nothing_is_wrong() => await SessionCheck.EnsureAsync(house.Database.ConnectionString, default);

    private static Task<Refusal> RefusalAsync(string connectionString) =>
        Assert.ThrowsAsync<Refusal>(() => SessionCheck.EnsureAsync(connectionString, default));

    private static async Task KeepBusyAsync(string connectionString, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            await using var command = new NpgsqlCommand("select pg_sleep(random() / 1000)", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private Dictionary<string, string> Settings(PgBouncer bouncer) =>
        new(house.Configuration) { ["ConnectionStrings:Newsletter"] = bouncer.Through(house.Database.ConnectionString) };
}
