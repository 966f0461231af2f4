using System.Collections.Concurrent;
using Newsletter.Deliveries;
using Newsletter.Mime;
using Newsletter.Restores;

namespace Newsletter.Sending;

/// <summary>One run over an edition: the state that its connections share. Thread-safe.</summary>
/// <param name="atMost">No attempts start after this time.</param>
/// <param name="connections">Number of open connections.</param>
internal sealed class SendRun(
    long editionId, EditionMailBuilder mail, WorkerLease lease, CircuitBreaker breaker, SendingGuard guard, TimeSpan atMost, int connections,
    TimeProvider time, CancellationToken stop)
{
    private readonly long started = time.GetTimestamp();
    private int connections = connections;

    public long EditionId => editionId;

    public EditionMailBuilder Mail => mail;

    public WorkerLease Lease => lease;

    public CancellationToken Stop => stop;

    public CircuitBreaker Breaker => breaker;

    public UnmadeMails Unmade { get; } = new();

    /// <summary>Counts of attempts that were tried and did not succeed, by state and class.</summary>
    public ConcurrentDictionary<(string State, string Class), int> Failures { get; } = new();

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>More attempts may start.</summary>
    public bool MayGoOn => !stop.IsCancellationRequested && guard.MayGoOn && lease.IsHeld && Elapsed < atMost;

    /// <summary>Why the last connection was lost; null while one is open.</summary>
    public string? LastError { get; private set; }

    public void Count(DeliveryResult result)
    {
        if (result.State is not (DeliveryState.Sent or DeliveryState.Due))
        {
            Failures.AddOrUpdate((result.State, result.Class), 1, static (_, count) => count + 1);
        }
    }

    public void RecordConnectionLost(string error)
    {
        if (Interlocked.Decrement(ref connections) == 0)
        {
            LastError = error;
        }
    }

    /// <summary>Gives up one connection, unless it is the last.</summary>
    /// <returns>Whether one was given up.</returns>
    public bool TryReleaseConnection()
    {
        if (Interlocked.Decrement(ref connections) > 0)
        {
            return true;
        }
        Interlocked.Increment(ref connections);
        return false;
    }
}
