using Newsletter.Items;

namespace Newsletter.Choosing;

/// <summary>
/// What can matter of a reader in an edition. Readers with equal profiles who had the same stories are a cohort, and get the same
/// composition.
/// </summary>
internal readonly ref struct Profile
{
    /// <summary>Further roles of one reader are ignored.</summary>
    public const int MostRoles = 64;

    /// <summary>Ids, ascending, at most <see cref="MostRoles"/>. Only roles that can make a difference: <see cref="Composer.Matters"/>.</summary>
    public required ReadOnlySpan<int> Roles { get; init; }

    /// <summary>False for a reader who named no role at all, and gets the leading items.</summary>
    public required bool HasRoles { get; init; }

    /// <summary>Topics followed, by the <see cref="CandidateIndex"/>'s numbers, ascending.</summary>
    public ReadOnlySpan<int> Topics { get; init; }

    /// <summary>Topics muted, by the <see cref="CandidateIndex"/>'s numbers, ascending.</summary>
    public ReadOnlySpan<int> Muted { get; init; }

    /// <summary>Null: the default of the role, <see cref="DepthFor"/>.</summary>
    public Depth? Depth { get; init; }

    public TooFew TooFew { get; init; }

    /// <summary>The reader rolls over and got no mail last time, so that one item is enough this time.</summary>
    public bool RolledOver { get; init; }
}

/// <summary>What happens when fewer items fit a reader than the digest's minimum.</summary>
internal enum TooFew
{
    /// <summary>No mail this time.</summary>
    Skip,

    /// <summary>Items for nearby roles fill the mail.</summary>
    Widen,

    /// <summary>No mail this time; the next one is sent with however few items there are.</summary>
    RollOver,
}
