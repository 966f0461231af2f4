namespace Newsletter.Digests;

/// <summary>Section <c>Delivery</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>An occurrence missed by more becomes <c>missed</c>: never a silent late send. 1 minute to 7 days.</summary>
    public TimeSpan CatchUpLimit { get; init; } = TimeSpan.FromHours(1);
}
