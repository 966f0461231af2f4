using Newsletter.Deliveries;

namespace Newsletter.Sending;

/// <summary>
/// Opens when further attempts would only do harm: many mails refused by policy (5.7.x: because of the sender or the content), or many
/// failures of any kind. Counts over the last attempts, so that a few bad addresses never open it. Thread-safe.
/// </summary>
internal sealed class CircuitBreaker
{
    /// <summary>Number of attempts counted.</summary>
    private const int Window = 200;
    private const int MostPolicyRefusals = 20;
    private const int MostFailures = 100;

    private readonly Queue<DeliveryResult> last = new(Window);
    private int policyRefusals;
    private int failures;

    /// <summary>Counts an attempt.</summary>
    /// <returns>Why sending must stop, one clause without the server's reply; null while it may continue.</returns>
    public string? Count(DeliveryResult result)
    {
        lock (last)
        {
            Add(result, 1);
            last.Enqueue(result);
            if (last.Count > Window)
            {
                Add(last.Dequeue(), -1);
            }
            return policyRefusals >= MostPolicyRefusals && result.IsPolicy ? $"the server refused {policyRefusals} of the last {last.Count} mails by policy"
                : failures >= MostFailures && IsFailure(result) ? $"{failures} of the last {last.Count} mails failed"
                : null;
        }
    }

    private void Add(DeliveryResult result, int count)
    {
        policyRefusals += result.IsPolicy ? count : 0;
        failures += IsFailure(result) ? count : 0;
    }

    private static bool IsFailure(DeliveryResult result) => result.State == DeliveryState.Failed;
}
