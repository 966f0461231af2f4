using System.Diagnostics;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>
/// A lease in the database that shows other workers that this one is alive. A worker that has not renewed it for a minute counts as
/// dead, and its deliveries are swept. It must therefore start nothing once its own clock says that the lease may have expired.
/// </summary>
public sealed class WorkerLease : IAsyncDisposable
{
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shorter than the minute in the database, because time passes between the check and the action after it.</summary>
    private static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(45);

    private readonly WorkerLeaseStore store;
    private readonly long editionId;
    private readonly CancellationTokenSource ending = new();
    private Task renewing = Task.CompletedTask;
    private long renewedAt;

    private WorkerLease(WorkerLeaseStore store, long editionId) => (this.store, this.editionId) = (store, editionId);

    public Guid Owner { get; } = Guid.NewGuid();

    /// <summary>Measured with a monotonic clock that also advances while the process is stopped (SIGSTOP).</summary>
    public bool IsHeld => Stopwatch.GetElapsedTime(Volatile.Read(ref renewedAt)) < TrustedFor;

    /// <param name="editionId">The edition to send.</param>
    public static async Task<WorkerLease> TakeAsync(NpgsqlDataSource database, long editionId)
    {
        var lease = new WorkerLease(new WorkerLeaseStore(database), editionId);
        // Taken before the statement, so that the lease never seems longer here than in the database.
        var requestedAt = Stopwatch.GetTimestamp();
        await lease.store.InsertAsync(lease.Owner);
        lease.renewedAt = requestedAt;
        lease.renewing = lease.RenewAsync();
        return lease;
    }

    /// <summary>Call only when no delivery is claimed any more.</summary>
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
            // The lease expires, and another worker sweeps the remaining claims.
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
                // Intended: the lease expires while the database is unreachable.
            }
        }
    }
}
