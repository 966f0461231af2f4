using Microsoft.Extensions.Logging;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>Sends in this process, beside any workers, until nothing is due: for people who wait for the end.</summary>
public sealed class ForegroundSending(EditionStore editions, EditionSending sending, DeliveryStore deliveries, TimeProvider time, ILogger<ForegroundSending> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long the database may be away before we give up.</summary>
    private static readonly TimeSpan Absence = TimeSpan.FromMinutes(10);

    /// <param name="patience">How long deferred deliveries may hold it up.</param>
    /// <exception cref="Refusal">Unreachable: no connection to the relay.</exception>
    public async Task RunAsync(long editionId, TimeSpan patience, CancellationToken stop)
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
                if (account.Due == 0 && (account.Deferred == 0 || time.GetElapsedTime(started) >= patience))
                {
                    return;
                }
            }
            catch (NpgsqlException lost) when (Outage.Describe(lost) is not null && time.GetElapsedTime(reached) < Absence)
            {
                log.LogWarning("Sending waits for the database: {Reason}", lost.Message);
            }
            // What is due now is with another worker, or waits for its time.
            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
