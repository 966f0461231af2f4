using Newsletter.Items;

namespace Newsletter.Choosing;

/// <summary>
/// What of a reader can matter in an edition. Readers with equal profiles who have had the same stories are a cohort, and
/// get the same composition.
/// </summary>
internal readonly ref struct Profile
{
    /// <summary>More roles of one person do not count.</summary>
    public const int MostRoles = 64;

    /// <summary>Ids, ascending; only those for which there is something, at most <see cref="MostRoles"/>.</summary>
    public required ReadOnlySpan<int> Roles { get; init; }

    /// <summary>False for a reader who named no role at all, and gets the leading items.</summary>
    public required bool HasRoles { get; init; }

    /// <summary>Topics followed, by the <see cref="CandidateIndex"/>'s numbers, ascending.</summary>
    public ReadOnlySpan<int> Topics { get; init; }

    /// <summary>Topics muted, by the <see cref="CandidateIndex"/>'s numbers, ascending.</summary>
    public ReadOnlySpan<int> Muted { get; init; }

    /// <summary>Null: chosen by role.</summary>
    public Depth? Depth { get; init; }

    public TooFew TooFew { get; init; }

    /// <summary>Got no mail last time because too little fitted, and said that this time it comes in any case.</summary>
    public bool RolledOver { get; init; }
}

/// <summary>What happens when less fits a reader than the digest's minimum.</summary>
internal enum TooFew
{
    /// <summary>No mail this time.</summary>
    Skip,

    /// <summary>Items for nearby roles fill up.</summary>
    Widen,

    /// <summary>No mail this time; next time it comes with whatever there is.</summary>
    RollOver,
}
