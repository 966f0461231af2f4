namespace Newsletter.Subscribers;

/// <summary>A person leaves: everything, at once. Editions already planned look at the status as they send.</summary>
public sealed class Unsubscribing(SubscriberStore subscribers, TimeProvider time)
{
    /// <returns>False when the person had left before, or was erased: no error, they get no mail either way.</returns>
    public Task<bool> LeaveAsync(long subscriberId) => subscribers.UnsubscribeAsync(subscriberId, time.GetUtcNow());
}
