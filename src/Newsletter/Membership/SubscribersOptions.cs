namespace Newsletter.Membership;

/// <summary>Section <c>Subscribers</c>.</summary>
public sealed record SubscribersOptions
{
    /// <summary>A sign-up that is not confirmed after this many days is deleted with all its data. 1 to 365.</summary>
    public int PendingDays { get; init; } = 7;

    /// <summary>The lowest hourly limit of sign-ups, for sites that usually have few. 10 to 1,000,000.</summary>
    public int SignUpsPerHour { get; init; } = 100;

    /// <exception cref="Refusal">Invalid: out of range.</exception>
    internal SubscribersOptions Checked() =>
        PendingDays is not (>= 1 and <= 365) ? throw Refusal.Invalid($"Subscribers:PendingDays is {PendingDays}: choose 1 to 365.")
        : SignUpsPerHour is not (>= 10 and <= 1_000_000)
            ? throw Refusal.Invalid($"Subscribers:SignUpsPerHour is {SignUpsPerHour}: choose 10 to 1000000.")
        : this;
}
