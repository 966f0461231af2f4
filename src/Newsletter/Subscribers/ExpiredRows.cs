using Newsletter.Membership;

namespace Newsletter.Subscribers;

/// <summary>Rows deleted by one batch of <see cref="SignUpExpiry"/>.</summary>
public sealed record ExpiredRows
{
    public required int Count { get; init; }

    /// <summary>The labels that they carried.</summary>
    public required int[] LabelIds { get; init; }
}
