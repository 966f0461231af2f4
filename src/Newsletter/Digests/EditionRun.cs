using Newsletter.Deliveries;
using Newsletter.Restores;

namespace Newsletter.Digests;

/// <summary>One run over an edition: what its connections share.</summary>
internal sealed class EditionRun(
    long editionId, EditionMail mail, SenderLease lease, CircuitBreaker breaker, SendingGuard guard, TimeSpan atMost, int connections, TimeProvider time, CancellationToken stop)
{
    private readonly long started = time.GetTimestamp();
    private int connections = connections;

    public long EditionId => editionId;

    public EditionMail Mail => mail;

    public SenderLease Lease => lease;

    public CancellationToken Stop => stop;

    public CircuitBreaker Breaker => breaker;

    public UnmadeMails Unmade { get; } = new();

    public bool MayGoOn => !stop.IsCancellationRequested && guard.MayGoOn && lease.IsHeld && time.GetElapsedTime(started) < atMost;

    /// <summary>Why the last connection was lost; null while there is one.</summary>
    public string? Trouble { get; private set; }

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
