namespace Newsletter.Deliveries;

/// <summary>Configuration section <c>Delivery</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>An occurrence late by more becomes <c>missed</c> and is never sent unannounced. 1 minute to 7 days.</summary>
    public TimeSpan CatchUpLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Handling of uncertain deliveries: <c>hold</c> (default: at most once) or <c>resend</c> (at least once, with the same
    /// Message-ID, which many servers use to detect duplicates).
    /// </summary>
    public string OnUncertain { get; init; } = "hold";

    internal bool Resends => OnUncertain.Equals("resend", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="Refusal">Invalid: out of range.</exception>
    internal DeliveryOptions Checked()
    {
        if (CatchUpLimit < TimeSpan.FromMinutes(1) || CatchUpLimit > TimeSpan.FromDays(7))
        {
            throw Refusal.Invalid("Delivery:CatchUpLimit must be from one minute (00:01:00) to seven days (7.00:00:00).");
        }
        return OnUncertain.ToLowerInvariant() is "hold" or "resend"
            ? this
            : throw Refusal.Invalid($"Delivery:OnUncertain is '{OnUncertain}': choose hold or resend.");
    }
}
