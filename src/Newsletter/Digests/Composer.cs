using Newsletter.Deliveries;
using Newsletter.Items;
using Newsletter.Targeting;

namespace Newsletter.Digests;

/// <summary>
/// Composes a mail for a profile: what the <see cref="Chooser"/> picks, in the order in which it is read. Equal inputs
/// give equal compositions, whenever and wherever. One thread uses it at a time.
/// </summary>
internal sealed class Composer
{
    private readonly PlanInputs inputs;
    private readonly Hand hand;
    private readonly ChoiceBook book;
    private readonly Chooser chooser;
    private readonly Dictionary<int, Depth> depths;
    private readonly List<int> order = [];
    private readonly List<int> numbers = [];
    private readonly int[] inSection = new int[Profile.MostRoles];
    private readonly Comparison<int> before;

    public Composer(PlanInputs inputs, Taxonomy taxonomy)
    {
        this.inputs = inputs;
        Shortlist = new Shortlist(inputs, taxonomy);
        hand = new Hand(inputs, Shortlist, taxonomy);
        chooser = new Chooser(Shortlist, hand, inputs);
        book = new ChoiceBook(Shortlist, taxonomy);
        before = Before;
        depths = taxonomy.Roles.ToDictionary(role => role.Id, DepthFor.Role);
    }

    public Shortlist Shortlist { get; }

    /// <summary>Whether a role can make a difference to its reader in this edition.</summary>
    public bool Matters(int role, TooFew tooFew) =>
        Shortlist.FittingOf(role).Length > 0 || (tooFew == TooFew.Widen && Shortlist.NearOf(role).Length > 0) || hand.Concerns(role);

    /// <summary>See <see cref="PlanInputs.WidenAll"/>.</summary>
    public bool WidensAll => inputs.WidenAll;

    /// <summary>All that occurred so far, made as they are read.</summary>
    public IEnumerable<Choice> Choices => book.Choices;

    /// <summary>Numbers of choices, in order: the composition made last.</summary>
    public IReadOnlyList<int> Numbers => numbers;

    /// <summary>How a candidate stands after the composition made last.</summary>
    public ref readonly Standing this[int candidate] => ref chooser[candidate];

    /// <param name="seen">A bit for each story of the shortlist.</param>
    /// <returns>Null when there is a composition; otherwise one of <see cref="SkipReason"/>.</returns>
    public string? Compose(in Profile profile, ReadOnlySpan<ulong> seen)
    {
        numbers.Clear();
        var least = profile.RolledOver ? 1 : inputs.MinItems;
        chooser.Choose(profile, seen, least);
        var picks = chooser.Picks;
        if (picks.Count < least)
        {
            return picks.Count == 0 ? SkipReason.NothingFits
                : profile.TooFew == TooFew.RollOver ? SkipReason.RolledOver
                : SkipReason.TooFew;
        }
        order.Clear();
        order.AddRange(picks);
        order.Sort(before);
        if (HasSections(profile))
        {
            GroupBySection(profile);
        }
        foreach (var candidate in order)
        {
            ref readonly var standing = ref chooser[candidate];
            var role = standing.Roles == 0 ? 0 : profile.Roles[standing.Role];
            numbers.Add(book.NumberOf(candidate, standing, profile, profile.Depth ?? depths.GetValueOrDefault(role, Depth.Standard)));
        }
        return null;
    }

    /// <summary>The lead first, then the editor's order, then points; the candidates' own order decides last.</summary>
    private int Before(int a, int b)
    {
        ref readonly var first = ref chooser[a];
        ref readonly var second = ref chooser[b];
        var lead = second.IsLead.CompareTo(first.IsLead);
        var place = lead != 0 ? lead : hand.PositionOf(a).CompareTo(hand.PositionOf(b));
        var points = place != 0 ? place : second.Points.CompareTo(first.Points);
        return points != 0 ? points : a.CompareTo(b);
    }

    /// <summary>As <see cref="Composition.HasSections"/> will find.</summary>
    private bool HasSections(in Profile profile)
    {
        if (profile.Roles.Length < 2 || order.Count < 4)
        {
            return false;
        }
        Array.Clear(inSection);
        var full = 0;
        foreach (var candidate in order)
        {
            ref readonly var standing = ref chooser[candidate];
            if (standing.Roles != 0 && ++inSection[standing.Role] == 2)
            {
                full++;
            }
        }
        return full >= 2;
    }

    /// <summary>Sections in the order of their first items; what is for no role stands before them.</summary>
    private void GroupBySection(in Profile profile)
    {
        Span<int> ranks = stackalloc int[profile.Roles.Length];
        ranks.Fill(-1);
        var next = 0;
        var keyed = new (int Rank, int Place, int Candidate)[order.Count];
        for (var i = 0; i < order.Count; i++)
        {
            ref readonly var standing = ref chooser[order[i]];
            if (standing.Roles != 0 && ranks[standing.Role] < 0)
            {
                ranks[standing.Role] = next++;
            }
            keyed[i] = (standing.Roles == 0 ? -1 : ranks[standing.Role], i, order[i]);
        }
        Array.Sort(keyed);
        for (var i = 0; i < keyed.Length; i++)
        {
            order[i] = keyed[i].Candidate;
        }
    }
}
