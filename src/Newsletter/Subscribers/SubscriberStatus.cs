namespace Newsletter.Subscribers;

/// <summary>The status of a subscriber, as stored.</summary>
public static class SubscriberStatus
{
    public const string Pending = "pending";
    public const string Confirmed = "confirmed";
    public const string Unsubscribed = "unsubscribed";
}
