namespace Newsletter.Subscribers;

/// <summary>Rows deleted by one batch of the expiry of sign-ups.</summary>
public sealed record ExpiredRows
{
    public required int Count { get; init; }

    /// <summary>The labels that these rows used.</summary>
    public required int[] LabelIds { get; init; }
}
