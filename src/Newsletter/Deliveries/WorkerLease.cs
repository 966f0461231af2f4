using System.Diagnostics;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>
/// Tells the other workers through the database that this one is alive. A worker that has not renewed its lease for a minute counts
/// as dead, and its claimed deliveries are released: it must not start anything once its own clock says that the lease may be over.
/// </summary>
public sealed class WorkerLease : IAsyncDisposable
{
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shorter than the minute in the database: time passes between the check and the action that follows it.</summary>
    private static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(45);

    private readonly WorkerLeaseStore store;
    private readonly long editionId;
    private readonly CancellationTokenSource ending = new();
    private Task renewing = Task.CompletedTask;
    private long renewedAt;

    private WorkerLease(WorkerLeaseStore store, long editionId) => (this.store, this.editionId) = (store, editionId);

    public Guid Owner { get; } = Guid.NewGuid();

    /// <summary>Measured by a monotonic clock that also runs while this process is stopped (SIGSTOP).</summary>
    public bool IsHeld => Stopwatch.GetElapsedTime(Volatile.Read(ref renewedAt)) < TrustedFor;

    /// <param name="editionId">The edition to be sent.</param>
    public static async Task<WorkerLease> TakeAsync(NpgsqlDataSource database, long editionId)
    {
        var lease = new WorkerLease(new WorkerLeaseStore(database), editionId);
        // The time before the statement: the lease must never seem longer here than it is in the database.
        var requestedAt = Stopwatch.GetTimestamp();
        await lease.store.InsertAsync(lease.Owner);
        lease.renewedAt = requestedAt;
        lease.renewing = lease.RenewAsync();
        return lease;
    }

    /// <summary>Call it only when no delivery is claimed any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await renewing;
        ending.Dispose();
        try
        {
            await store.DeleteAsync(Owner, editionId);
        }
        catch (NpgsqlException)
        {
            // The lease expires, and another worker releases what is still claimed.
        }
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(RenewalInterval, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested)
            {
                return;
            }
            try
            {
                var requestedAt = Stopwatch.GetTimestamp();
                if (await store.RenewAsync(Owner))
                {
                    Volatile.Write(ref renewedAt, requestedAt);
                }
            }
            catch (NpgsqlException)
            {
                // The lease expires while the database is unreachable, as it should.
            }
        }
    }
}
