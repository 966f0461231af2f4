using Microsoft.Extensions.Options;
using Newsletter.Dkim;
using Newsletter.MailCatcher;
using Newsletter.Smtp;
using Newsletter.Tests.Faults;

namespace Newsletter.Tests.Smtp;

public sealed class SmtpPoolTests
{
    [Fact]
    public async Task Whoever_stops_waiting_for_more_connections_keeps_none()
    {
        await using var relay = new FaultyRelay();
        using var pool = new SmtpPool(Options.Create(relay.Settings(4)), new DkimSigner(Options.Create(new DkimOptions())), TimeProvider.System);
        // The one for single mails gets through.
        relay.Faults.On(Step.Connect, new Deed.Stall(TimeSpan.FromMinutes(1)), first: 2);
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.LeaseFreeAsync(impatience.Token));
        relay.Faults.Clear();

        using var single = await pool.LeaseAsync().WaitAsync(TimeSpan.FromSeconds(10));
        var all = await pool.LeaseAllAsync(default).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(4, all.Count);
    }

    [Fact]
    public async Task A_report_that_fails_keeps_no_connection()
    {
        await using var relay = new FaultyRelay();
        var isAway = true;
        using var pool = new SmtpPool(
            Options.Create(relay.Settings(1)), new DkimSigner(Options.Create(new DkimOptions())), TimeProvider.System,
            (_, _, _) => isAway ? throw new InvalidOperationException("The database is away.") : Task.CompletedTask);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.LeaseAsync());
        isAway = false;

        using var single = await pool.LeaseAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }
}
