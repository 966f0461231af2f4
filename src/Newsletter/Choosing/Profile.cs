using Newsletter.Items;

namespace Newsletter.Choosing;

/// <summary>
/// The properties of a reader that can affect an edition. Readers with equal profiles and equal seen stories form a cohort, and get the
/// same composition.
/// </summary>
internal readonly ref struct Profile
{
    /// <summary>Further roles of one reader are ignored.</summary>
    public const int MostRoles = 64;

    /// <summary>Ids, ascending, at most <see cref="MostRoles"/>. Only roles that can have an effect: <see cref="Composer.Matters"/>.</summary>
    public required ReadOnlySpan<int> Roles { get; init; }

    /// <summary>False for a reader who named no role and therefore gets the leading items.</summary>
    public required bool HasRoles { get; init; }

    /// <summary>Followed topics, as numbers of the <see cref="CandidateIndex"/>, ascending.</summary>
    public ReadOnlySpan<int> Topics { get; init; }

    /// <summary>Muted topics, as numbers of the <see cref="CandidateIndex"/>, ascending.</summary>
    public ReadOnlySpan<int> Muted { get; init; }

    /// <summary>Null for the role's default, <see cref="DepthFor"/>.</summary>
    public Depth? Depth { get; init; }

    public TooFew TooFew { get; init; }

    /// <summary>The reader's items were rolled over last time, so that one item is enough this time.</summary>
    public bool RolledOver { get; init; }
}

/// <summary>What happens if fewer items fit a reader than the digest's minimum.</summary>
internal enum TooFew
{
    /// <summary>No mail this time.</summary>
    Skip,

    /// <summary>Items for nearby roles fill the mail.</summary>
    Widen,

    /// <summary>No mail this time; the next one is sent with any number of items.</summary>
    RollOver,
}
