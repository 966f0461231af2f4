namespace Newsletter.Deliveries;

/// <summary>Section <c>Delivery</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>An occurrence missed by more becomes <c>missed</c>: never a silent late send. 1 minute to 7 days.</summary>
    public TimeSpan CatchUpLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// What follows when nobody knows whether a mail arrived: <c>hold</c> (default; nobody gets it twice) or <c>resend</c>
    /// (nobody goes without it; with the same Message-ID, by which many servers know a mail they have).
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
