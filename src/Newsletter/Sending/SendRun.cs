using System.Collections.Concurrent;
using Newsletter.Deliveries;
using Newsletter.Mime;
using Newsletter.Restores;

namespace Newsletter.Sending;

/// <summary>One run over an edition: what its connections share.</summary>
internal sealed class SendRun(
    long editionId, EditionMailBuilder mail, WorkerLease lease, CircuitBreaker breaker, SendingGuard guard, TimeSpan atMost, int connections, TimeProvider time, CancellationToken stop)
{
    private readonly long started = time.GetTimestamp();
    private int connections = connections;

    public long EditionId => editionId;

    public EditionMailBuilder Mail => mail;

    public WorkerLease Lease => lease;

    public CancellationToken Stop => stop;

    public CircuitBreaker Breaker => breaker;

    public UnmadeMails Unmade { get; } = new();

    /// <summary>How attempts ended that did not go well.</summary>
    public ConcurrentDictionary<(string State, string Class), int> Endings { get; } = new();

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    public bool MayGoOn => !stop.IsCancellationRequested && guard.MayGoOn && lease.IsHeld && time.GetElapsedTime(started) < atMost;

    /// <summary>Why the last connection was lost; null while there is one.</summary>
    public string? Trouble { get; private set; }

    public void Count(DeliveryResult ending)
    {
        if (ending.State is not (DeliveryState.Sent or DeliveryState.Due))
        {
            Endings.AddOrUpdate((ending.State, ending.Class), 1, static (_, count) => count + 1);
        }
    }

    public void Lose(string why)
    {
        if (Interlocked.Decrement(ref connections) == 0)
        {
            Trouble = why;
        }
    }

    /// <summary>Whether one can be done without.</summary>
    public bool Spare()
    {
        if (Interlocked.Decrement(ref connections) > 0)
        {
            return true;
        }
        Interlocked.Increment(ref connections);
        return false;
    }
}
