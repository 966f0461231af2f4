namespace Newsletter.Subscribers;

/// <summary>Section <c>Subscribers</c>.</summary>
public sealed record SubscribersOptions
{
    /// <summary>After so many days a sign-up that nobody confirmed is deleted, with all that it says. 1 to 365.</summary>
    public int PendingDays { get; init; } = 7;

    /// <exception cref="Refusal">Invalid: out of range.</exception>
    internal SubscribersOptions Checked() => PendingDays is >= 1 and <= 365
        ? this
        : throw Refusal.Invalid($"Subscribers:PendingDays is {PendingDays}: choose 1 to 365.");
}
