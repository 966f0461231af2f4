namespace Newsletter.Accounts;

/// <summary>Recent failed tries, including the current one.</summary>
public sealed record SignInTries
{
    /// <summary>From this network, for this account.</summary>
    public required int OfClient { get; init; }

    /// <summary>From all networks, for this account; 0 if this network has exceeded its limit.</summary>
    public required int OfAccount { get; init; }
}
