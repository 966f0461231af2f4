using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>
/// Composes a mail for a profile: what the <see cref="Selector"/> picks, in the order in which it is read. Equal inputs
/// give equal compositions, whenever and wherever. One thread uses it at a time.
/// </summary>
internal sealed class Composer
{
    private readonly PlanInputs inputs;
    private readonly Overrides hand;
    private readonly ChoiceRegistry book;
    private readonly Selector chooser;
    private readonly Dictionary<int, Depth> depths;
    private readonly List<int> order = [];
    private readonly List<int> numbers = [];
    private readonly int[] inSection = new int[Profile.MostRoles];

    public Composer(PlanInputs inputs, Taxonomy taxonomy)
    {
        this.inputs = inputs;
        Shortlist = new CandidateIndex(inputs, taxonomy);
        hand = new Overrides(inputs, Shortlist, taxonomy);
        chooser = new Selector(Shortlist, hand, inputs);
        book = new ChoiceRegistry(Shortlist, taxonomy);
        depths = taxonomy.Roles.ToDictionary(role => role.Id, DepthFor.Role);
    }

    public CandidateIndex Shortlist { get; }

    /// <summary>Whether a role can make a difference to its reader in this edition.</summary>
    public bool Matters(int role, TooFew tooFew) =>
        Shortlist.FittingOf(role).Keys.Length > 0 || (tooFew == TooFew.Widen && Shortlist.NearOf(role).Keys.Length > 0) || hand.Concerns(role);

    /// <summary>See <see cref="PlanInputs.WidenAll"/>.</summary>
    public bool WidensAll => inputs.WidenAll;

    /// <summary>All that occurred so far, made as they are read.</summary>
    public IEnumerable<Choice> Choices => ChoicesAfter(0);

    /// <summary>Those that occurred since there were so many.</summary>
    public IEnumerable<Choice> ChoicesAfter(int number) => book.After(number);

    /// <summary>Numbers of choices, in order: the composition made last.</summary>
    public IReadOnlyList<int> Numbers => numbers;

    /// <summary>How a candidate stands after the composition made last.</summary>
    public CandidateScore this[int candidate] => chooser[candidate];

    /// <param name="seen">A bit for each story of the shortlist.</param>
    public CompositionOutcome Compose(in Profile profile, ReadOnlySpan<ulong> seen)
    {
        numbers.Clear();
        var least = profile.RolledOver ? 1 : inputs.MinItems;
        chooser.Choose(profile, seen, least);
        var picks = chooser.Picks;
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
            numbers.Add(book.NumberOf(pick, profile, profile.Depth ?? depths.GetValueOrDefault(role, Depth.Standard)));
        }
        return CompositionOutcome.Composed;
    }

    /// <summary>The lead first, then the editor's order, then points; the candidates' own order decides last.</summary>
    private void Order(ReadOnlySpan<CandidateScore> picks)
    {
        Span<(long Hand, long Key, int Place)> keyed = stackalloc (long, long, int)[picks.Length];
        for (var place = 0; place < picks.Length; place++)
        {
            ref readonly var pick = ref picks[place];
            // Negative, since what comes first has the least.
            keyed[place] = ((pick.IsLead ? 0 : 1L << 32) + hand.PositionOf(pick.Candidate), -Ranking.KeyOf(pick.Points, pick.Candidate), place);
        }
        keyed.Sort();
        order.Clear();
        foreach (var (_, _, place) in keyed)
        {
            order.Add(place);
        }
    }

    /// <summary>As <see cref="Composition.HasSections"/> will find.</summary>
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

    /// <summary>Sections in the order of their first items; what is for no role stands before them.</summary>
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

/// <summary>What composing a mail for a profile gave.</summary>
internal enum CompositionOutcome
{
    /// <summary>There is a mail: see <see cref="Composer.Numbers"/>.</summary>
    Composed,

    /// <summary>No item fits.</summary>
    NothingFits,

    /// <summary>Fewer items fit than the digest's minimum, and the profile wants no mail then.</summary>
    TooFew,

    /// <summary>Fewer items fit than the digest's minimum; the next mail comes with whatever there is.</summary>
    RolledOver,
}
