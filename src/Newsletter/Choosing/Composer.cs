using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>
/// Composes a mail for a profile: the picks of the <see cref="Selector"/>, in reading order. Deterministic: equal inputs give equal
/// compositions. Reuses its memory, so it is not thread-safe.
/// </summary>
internal sealed class Composer
{
    private readonly PlanInputs inputs;
    private readonly Overrides overrides;
    private readonly ChoiceRegistry registry;
    private readonly Selector selector;
    private readonly Dictionary<int, Depth> depths;
    private readonly List<int> order = [];
    private readonly List<int> numbers = [];
    private readonly int[] inSection = new int[Profile.MostRoles];

    public Composer(PlanInputs inputs, Taxonomy taxonomy)
    {
        this.inputs = inputs;
        Index = new CandidateIndex(inputs, taxonomy);
        overrides = new Overrides(inputs, Index, taxonomy);
        selector = new Selector(Index, overrides, inputs);
        registry = new ChoiceRegistry(Index, taxonomy);
        depths = taxonomy.Roles.ToDictionary(role => role.Id, DepthFor.Role);
    }

    public CandidateIndex Index { get; }

    /// <summary>Whether a role can have an effect for its reader in this edition.</summary>
    public bool Matters(int role, TooFew tooFew) =>
        Index.FittingOf(role).Keys.Length > 0 || (tooFew == TooFew.Widen && Index.NearOf(role).Keys.Length > 0) || overrides.Concerns(role);

    /// <summary>See <see cref="PlanInputs.WidenAll"/>.</summary>
    public bool WidensAll => inputs.WidenAll;

    /// <summary>All choices so far, built lazily.</summary>
    public IEnumerable<Choice> Choices => ChoicesAfter(0);

    /// <summary>Choices with higher numbers than this, in order.</summary>
    public IEnumerable<Choice> ChoicesAfter(int number) => registry.After(number);

    /// <summary>The last composition: numbers of choices, in reading order.</summary>
    public IReadOnlyList<int> Numbers => numbers;

    /// <summary>The score and outcome of a candidate in the last composition.</summary>
    public CandidateScore this[int candidate] => selector[candidate];

    /// <param name="seen">Stories that the reader has seen: one bit per story of <see cref="Index"/>.</param>
    public CompositionOutcome Compose(in Profile profile, ReadOnlySpan<ulong> seen)
    {
        numbers.Clear();
        var least = profile.RolledOver ? 1 : inputs.MinItems;
        selector.Choose(profile, seen, least);
        var picks = selector.Picks;
        if (picks.Length < least)
        {
            return picks.Length == 0 ? CompositionOutcome.NothingFits
                : profile.TooFew == TooFew.RollOver ? CompositionOutcome.RolledOver
                : CompositionOutcome.TooFew;
        }
        Order(picks);
        if (HasSections(profile, picks))
        {
            GroupBySection(profile, picks);
        }
        foreach (var place in order)
        {
            ref readonly var pick = ref picks[place];
            var role = pick.Roles == 0 ? 0 : profile.Roles[pick.Role];
            numbers.Add(registry.NumberOf(pick, profile, profile.Depth ?? depths.GetValueOrDefault(role, Depth.Standard)));
        }
        return CompositionOutcome.Composed;
    }

    /// <summary>Puts picks in reading order: see <see cref="ReadingKey"/>.</summary>
    private void Order(ReadOnlySpan<CandidateScore> picks)
    {
        Span<ReadingKey> keys = stackalloc ReadingKey[picks.Length];
        for (var place = 0; place < picks.Length; place++)
        {
            ref readonly var pick = ref picks[place];
            keys[place] = new ReadingKey(pick.IsLead, overrides.PositionOf(pick.Candidate), new RankKey(pick.Points, pick.Candidate), place);
        }
        keys.Sort();
        order.Clear();
        foreach (var key in keys)
        {
            order.Add(key.Place);
        }
    }

    /// <summary>The same result as <see cref="Composition.HasSections"/>, computed before the choices exist.</summary>
    private bool HasSections(in Profile profile, ReadOnlySpan<CandidateScore> picks)
    {
        if (profile.Roles.Length < 2 || picks.Length < 4)
        {
            return false;
        }
        Array.Clear(inSection);
        var full = 0;
        foreach (ref readonly var pick in picks)
        {
            if (pick.Roles != 0 && ++inSection[pick.Role] == 2)
            {
                full++;
            }
        }
        return full >= 2;
    }

    /// <summary>Sections follow the order of their first items; items chosen without a role precede them.</summary>
    private void GroupBySection(in Profile profile, ReadOnlySpan<CandidateScore> picks)
    {
        Span<int> ranks = stackalloc int[profile.Roles.Length];
        ranks.Fill(-1);
        var next = 0;
        Span<(int Rank, int At, int Place)> keyed = stackalloc (int, int, int)[order.Count];
        for (var at = 0; at < order.Count; at++)
        {
            ref readonly var pick = ref picks[order[at]];
            if (pick.Roles != 0 && ranks[pick.Role] < 0)
            {
                ranks[pick.Role] = next++;
            }
            keyed[at] = (pick.Roles == 0 ? -1 : ranks[pick.Role], at, order[at]);
        }
        keyed.Sort();
        for (var at = 0; at < keyed.Length; at++)
        {
            order[at] = keyed[at].Place;
        }
    }
}

/// <summary>The result of composing a mail for a profile.</summary>
internal enum CompositionOutcome
{
    /// <summary>There is a mail: see <see cref="Composer.Numbers"/>.</summary>
    Composed,

    /// <summary>No item fits.</summary>
    NothingFits,

    /// <summary>Fewer items fit than the digest's minimum, and the reader then wants no mail.</summary>
    TooFew,

    /// <summary>Fewer items fit than the digest's minimum; the next mail is sent with any number of items.</summary>
    RolledOver,
}
