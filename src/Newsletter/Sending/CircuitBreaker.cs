using Newsletter.Deliveries;

namespace Newsletter.Sending;

/// <summary>
/// Opens when mail is refused so often that going on would only harm: 5.7.x (who we are, what we send) or failures of any
/// kind. Counted over the last attempts, so that a few bad addresses never open it. Used by many threads.
/// </summary>
internal sealed class CircuitBreaker
{
    private const int Window = 200;
    private const int PolicyRefusals = 20;
    private const int Failures = 100;

    private readonly Queue<DeliveryResult> last = new(Window);
    private int policy;
    private int failed;

    /// <returns>Why sending is to stop, one clause without the reply; null while it may go on.</returns>
    public string? Note(DeliveryResult ending)
    {
        lock (last)
        {
            Count(ending, by: 1);
            last.Enqueue(ending);
            if (last.Count > Window)
            {
                Count(last.Dequeue(), by: -1);
            }
            return policy >= PolicyRefusals && ending.IsPolicy ? $"the server refused {policy} of the last {last.Count} mails by policy"
                : failed >= Failures && IsFailure(ending) ? $"{failed} of the last {last.Count} mails failed"
                : null;
        }
    }

    private void Count(DeliveryResult ending, int by)
    {
        policy += ending.IsPolicy ? by : 0;
        failed += IsFailure(ending) ? by : 0;
    }

    private static bool IsFailure(DeliveryResult ending) => ending.State == DeliveryState.Failed;
}
