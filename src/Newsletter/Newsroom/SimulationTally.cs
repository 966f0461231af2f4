using System.Runtime.InteropServices;
using Newsletter.Choosing;
using Newsletter.Deliveries;
using Newsletter.Planning;
using Newsletter.Roles;

namespace Newsletter.Newsroom;

/// <summary>Counts what readers get. Keeps numbers only, so memory does not grow with the number of readers.</summary>
/// <param name="at">Send time of the edition.</param>
internal sealed class SimulationTally(PlanInputs inputs, Taxonomy taxonomy, DateTimeOffset at)
{
    private const int TopItems = 20;

    private readonly Dictionary<int, RoleCount> roles = [];
    private readonly Dictionary<string, int> nothing = [];
    private readonly int[] hours = new int[24];

    // Indexed by choice number.
    private int[] chosen = new int[1024];

    public ItemCounts Items { get; } = new();

    public int Deliveries { get; private set; }

    public int Empty { get; private set; }

    public IReadOnlyList<int> Hours => hours;

    public void Add(ReaderBlock block, in Reader reader)
    {
        if (!reader.IsWanted)
        {
            return;
        }
        Items.Add(reader.Choices);
        if (reader.SkipReason is { } reason)
        {
            Empty++;
            nothing[reason] = nothing.GetValueOrDefault(reason) + 1;
        }
        else
        {
            Deliveries++;
            hours[(reader.DueAt ?? at).UtcDateTime.Hour]++;
            Count(block.CompositionOf(reader));
        }
        if (reader.SkipReason == SkipReason.Suppressed)
        {
            return;
        }
        foreach (var role in RolesOf(block, reader))
        {
            CountOf(role).Add(reader.Choices, inputs.MinItems);
        }
    }

    /// <summary>All roles of a reader, including those without effect in the edition; a reserved number for a reader without roles.</summary>
    public static ReaderRoles RolesOf(ReaderBlock block, in Reader reader) =>
        new(block.NumbersOf(reader)[..reader.Roles], block.OtherRolesOf(reader), reader.HasRoles);

    public IReadOnlyList<RoleOutcome> ByRole() => roles
        .Select(pair =>
        {
            var (slug, name) = NameOf(taxonomy, pair.Key);
            var items = pair.Value.Items;
            return new RoleOutcome(slug, name) { None = items.None, One = items.One, Two = items.Two, More = items.More };
        })
        .OrderByDescending(role => role.Readers).ThenBy(role => role.Name, StringComparer.Ordinal).ToList();

    public IReadOnlyList<LackingRole> Lacking(CandidateIndex list) => roles
        .Where(pair => pair.Key > 0 && pair.Value.Below * 2 > pair.Value.Readers)
        .Select(pair =>
        {
            var (slug, name) = NameOf(taxonomy, pair.Key);
            return new LackingRole(slug!, name, pair.Value.Readers, pair.Value.Below, list.FittingOf(pair.Key).Keys.Length);
        })
        .OrderByDescending(role => role.Below).ThenBy(role => role.Name, StringComparer.Ordinal).ToList();

    public IReadOnlyList<NothingReason> Nothing() => nothing
        .Select(pair => new NothingReason(pair.Key, SkipReason.Describe(pair.Key), pair.Value))
        .OrderByDescending(reason => reason.Readers).ThenBy(reason => reason.Reason, StringComparer.Ordinal).ToList();

    /// <param name="choices">All choices of the completed pipeline.</param>
    public IReadOnlyList<ItemReach> Top(IEnumerable<Choice> choices)
    {
        var titles = inputs.Candidates.ToDictionary(c => c.ItemId, c => c.Title);
        return choices
            .Where(choice => choice.Number < chosen.Length)
            .GroupBy(choice => choice.ItemId, choice => chosen[choice.Number])
            .Select(item => new ItemReach(item.Key, titles[item.Key], item.Sum()))
            .OrderByDescending(item => item.Readers).ThenBy(item => item.Id).Take(TopItems).ToList();
    }

    /// <param name="role">A role id or reserved number from <see cref="RolesOf"/>.</param>
    public static (string? Slug, string Name) NameOf(Taxonomy taxonomy, int role) => role switch
    {
        ReaderRoles.NoneChosen => (null, "no roles chosen"),
        ReaderRoles.NoneKnown => (null, "roles that wait for review"),
        _ => taxonomy.Roles.First(r => r.Id == role) is var known ? (known.Slug, known.Name) : default,
    };

    private void Count(ReadOnlySpan<byte> composition)
    {
        for (var place = 0; place < composition.Length / Composition.BytesPerChoice; place++)
        {
            var number = Composition.Read(composition, place);
            if (number >= chosen.Length)
            {
                Array.Resize(ref chosen, number * 2);
            }
            chosen[number]++;
        }
    }

    private RoleCount CountOf(int role) => CollectionsMarshal.GetValueRefOrAddDefault(roles, role, out _) ??= new RoleCount();

    private sealed class RoleCount
    {
        public ItemCounts Items { get; } = new();

        public int Readers { get; private set; }

        public int Below { get; private set; }

        public void Add(int items, int least)
        {
            Items.Add(items);
            Readers++;
            Below += items < least ? 1 : 0;
        }
    }
}

/// <summary>Enumerates the ids of a reader's roles.</summary>
internal ref struct ReaderRoles(ReadOnlySpan<int> mattering, ReadOnlySpan<int> others, bool hasRoles)
{
    public const int NoneChosen = 0;

    /// <summary>The reader named labels, but none of them resolves to a role yet.</summary>
    public const int NoneKnown = -1;

    private readonly ReadOnlySpan<int> mattering = mattering;
    private readonly ReadOnlySpan<int> others = others;
    private int place = -1;

    public readonly int Current => place < mattering.Length ? mattering[place]
        : place - mattering.Length < others.Length ? others[place - mattering.Length]
        : hasRoles ? NoneKnown : NoneChosen;

    public readonly ReaderRoles GetEnumerator() => this;

    public bool MoveNext() => ++place < Math.Max(1, mattering.Length + others.Length);
}
