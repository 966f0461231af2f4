using Newsletter.Deliveries;

namespace Newsletter.Digests;

/// <summary>Sends in this process, beside any workers, until nothing is due: for people who wait for the end.</summary>
public sealed class WaitingSend(EditionStore editions, EditionSending sending, DeliveryStore deliveries, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="patience">How long deferred deliveries may hold it up.</param>
    /// <exception cref="Refusal">Unreachable: no connection to the relay.</exception>
    public async Task RunAsync(long editionId, TimeSpan patience, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        while (!stop.IsCancellationRequested && (await editions.GetAsync(editionId)).State == EditionState.Sending)
        {
            await sending.RunAsync(editionId, TimeSpan.FromMinutes(1), stop);
            var account = await deliveries.AccountAsync(editionId);
            if (account.Due == 0 && (account.Deferred == 0 || time.GetElapsedTime(started) >= patience))
            {
                return;
            }
            // What is due now is with another worker, or waits for its time.
            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
