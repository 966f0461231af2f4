using Microsoft.Extensions.Logging;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>Sends an edition in this process, concurrently with any workers, until nothing is due: for commands that wait for the end.</summary>
public sealed class ForegroundSending(
    EditionStore editions, EditionSending sending, DeliveryStore deliveries, TimeProvider time, ILogger<ForegroundSending> log)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long the database may be unavailable before the command fails.</summary>
    private static readonly TimeSpan OutageTimeout = TimeSpan.FromMinutes(10);

    /// <param name="deferredTimeout">How long to wait for deferred deliveries, counted from the start.</param>
    /// <exception cref="Refusal">As <see cref="EditionSending.RunAsync"/>.</exception>
    /// <exception cref="NpgsqlException">The database was unavailable for longer than the timeout.</exception>
    public async Task RunAsync(long editionId, TimeSpan deferredTimeout, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        var reached = started;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if ((await editions.GetAsync(editionId)).State != EditionState.Sending)
                {
                    return;
                }
                await sending.RunAsync(editionId, TimeSpan.FromMinutes(1), stop);
                reached = time.GetTimestamp();
                var account = await deliveries.AccountAsync(editionId);
                if (account.Due == 0 && (account.Deferred == 0 || time.GetElapsedTime(started) >= deferredTimeout))
                {
                    return;
                }
            }
            catch (NpgsqlException lost) when (Outage.Describe(lost) is not null && time.GetElapsedTime(reached) < OutageTimeout)
            {
                log.LogWarning("Sending waits for the database: {Reason}", lost.Message);
            }
            // Other workers have claimed the due deliveries, or none is due yet.
            await Task.Delay(PollInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
