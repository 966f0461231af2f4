namespace Newsletter.Digests;

/// <summary>Section <c>Delivery</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>An occurrence missed by more becomes <c>missed</c>: never a silent late send. 1 minute to 7 days.</summary>
    public TimeSpan CatchUpLimit { get; init; } = TimeSpan.FromHours(1);

    /// <exception cref="Refusal">Invalid: out of range.</exception>
    internal DeliveryOptions Checked() => CatchUpLimit >= TimeSpan.FromMinutes(1) && CatchUpLimit <= TimeSpan.FromDays(7)
        ? this
        : throw Refusal.Invalid("Delivery:CatchUpLimit is from one minute (00:01:00) to seven days (7.00:00:00).");
}
