namespace Newsletter.Editors;

/// <summary>How many tries have failed lately, with the one that is to be judged now.</summary>
public sealed record SignInTries
{
    /// <summary>From this network, for this account.</summary>
    public required int OfClient { get; init; }

    /// <summary>From all networks, for this account; 0 when the one at hand is not judged.</summary>
    public required int OfAccount { get; init; }
}
