using Microsoft.Extensions.Logging.Abstractions;
using Newsletter.Deliveries;
using Newsletter.Sending;
using Newsletter.Smtp;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Sending;

public sealed class SendLoopTests : IAsyncLifetime
{
    private readonly TestProduct house = new();
    private long edition;

    public async Task InitializeAsync()
    {
        await house.InitializeWithReaderAsync();
        edition = await house.StartAsync();
    }

    public Task DisposeAsync() => house.DisposeAsync();

    /// <summary>A sender is stopped while the database is away, and an SMTP server has not answered yet.</summary>
    [Fact]
    public async Task An_answer_that_comes_after_the_last_claim_has_failed_is_recorded()
    {
        await using var nobody = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Timeout=2");

        await await AnswerAsync(isLast: true, async () => await nobody.OpenConnectionAsync());

        Assert.Equal(1, (await house.AccountAsync(edition)).Sent);
    }

    [Fact]
    public async Task So_is_one_that_comes_after_a_claim_broke_and_then_the_run_says_so()
    {
        var running = await AnswerAsync(isLast: false, () => throw new InvalidOperationException("Not to be read."));

        Assert.Equal("Not to be read.", (await Assert.ThrowsAsync<InvalidOperationException>(() => running)).Message);
        Assert.Equal(1, (await house.AccountAsync(edition)).Sent);
    }

    /// <param name="isLast">The run ends during the failing claim.</param>
    /// <returns>The run of the loop, which has ended.</returns>
    private async Task<Task> AnswerAsync(bool isLast, Func<Task> failingClaim)
    {
        await using var sender = await house.SenderAsync(edition);
        var relay = new SmtpOptions { Host = "127.0.0.1", Security = "none", Connections = 1 }.All().Single();
        var (claims, mayGoOn, isOnTheWire, hasFailed) = (0, true, new TaskCompletionSource(), new TaskCompletionSource());
        var loop = new SendLoop(
            sender.Batches, new RelayBalancer(house.Get<SendingLimitStore>(), [relay], house.Time), ClaimAsync, () => mayGoOn, () => false, 1,
            house.Time, NullLogger.Instance);
        var running = loop.RunAsync();

        var attempt = await loop.NextAsync(relay, null);
        isOnTheWire.SetResult();
        await hasFailed.Task;
        // For the loop to read the answer of the claim.
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        Assert.Null(await loop.NextAsync(relay, (attempt!, DeliveryResult.Sent)));
        loop.Complete();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return running;

        async Task<IReadOnlyList<long>> ClaimAsync()
        {
            if (claims++ == 0)
            {
                return await sender.ClaimAsync();
            }
            await isOnTheWire.Task;
            mayGoOn = !isLast;
            try
            {
                await failingClaim();
                return [];
            }
            finally
            {
                hasFailed.SetResult();
            }
        }
    }
}
