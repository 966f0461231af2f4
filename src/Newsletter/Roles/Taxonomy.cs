namespace Newsletter.Roles;

/// <summary>
/// An immutable in-memory snapshot of all roles: the roles, the labels that name them exactly, which role is a narrower form of which, and which
/// roles are neighbours. An abbreviation with several meanings has only the one that is most common among readers of AI and technology news: PM
/// is Product Manager (not project manager), CPO Chief Product Officer, CDO Chief Data Officer, DS Data Scientist, EM Engineering Manager. An
/// abbreviation without a most common meaning there has none and waits for an editor: SA (solutions architect, system administrator), PA. The
/// aliases in taxonomy.json define this.
/// </summary>
public sealed class Taxonomy
{
    private static readonly HashSet<int> NoRoles = [];

    private readonly Dictionary<string, Role> bySlug;
    private readonly Dictionary<int, Role> byId;
    private readonly Dictionary<int, HashSet<int>> broaderOf;

    /// <param name="roles">At least one; ids and slugs are unique.</param>
    /// <param name="aliases">Labels in the normal form of <see cref="RoleLabel.Normalise"/>, each with the roles that it means.</param>
    /// <param name="forms">Direct steps from a narrower to a broader role, by id.</param>
    /// <param name="neighbours">Weights from 0 to 1 for pairs of role ids, the lower id first.</param>
    /// <exception cref="Refusal">Invalid: no roles, a cycle of forms, or a form that names a role that does not exist.</exception>
    public Taxonomy(
        int version,
        IReadOnlyList<Role> roles,
        IReadOnlyDictionary<string, IReadOnlyList<Role>> aliases,
        IReadOnlyCollection<(int Narrower, int Broader)> forms,
        IReadOnlyDictionary<(int One, int Other), double> neighbours)
    {
        if (roles.Count == 0)
        {
            throw Refusal.Invalid("The taxonomy has no roles: it needs at least one.");
        }

        Version = version;
        Roles = roles;
        Aliases = aliases;
        Forms = forms;
        Neighbours = neighbours;
        bySlug = roles.ToDictionary(r => r.Slug);
        byId = roles.ToDictionary(r => r.Id);
        broaderOf = Close(byId, forms);
    }

    /// <summary>Increases with every change.</summary>
    public int Version { get; }

    public IReadOnlyList<Role> Roles { get; }

    /// <summary>Normal form of a label → the roles that it means, by the taxonomy file or as an editor taught.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Role>> Aliases { get; }

    /// <summary>Direct steps only; <see cref="FitOf"/> uses the transitive closure.</summary>
    public IReadOnlyCollection<(int Narrower, int Broader)> Forms { get; }

    /// <summary>Only the pairs with an explicit weight, the lower id first; <see cref="AffinityOf"/> computes the others.</summary>
    public IReadOnlyDictionary<(int One, int Other), double> Neighbours { get; }

    public Role? Find(string slug) => bySlug.GetValueOrDefault(slug);

    /// <exception cref="Refusal">NotFound when there is no such role.</exception>
    public Role Get(string slug) => Find(slug)
        ?? throw Refusal.NotFound($"There is no role \"{RoleLabel.Shown(slug)}\": \"newsletter roles list\" shows all roles.");

    /// <summary>Whether, and how, an item for the item's role fits a reader with the reader's role. An unknown id fits only itself.</summary>
    public Fit FitOf(int readerRoleId, int itemRoleId) =>
        readerRoleId == itemRoleId ? Fit.Same
        : IsForm(itemRoleId, readerRoleId) ? Fit.Narrower
        : IsForm(readerRoleId, itemRoleId) ? Fit.Broader
        : Fit.None;

    public bool Fits(int readerRoleId, int itemRoleId) => FitOf(readerRoleId, itemRoleId) != Fit.None;

    /// <summary>
    /// The affinity of two roles, 0 (nothing connects them) to 1 (the same role), in either order. <see cref="Affinity"/> has the rule and its
    /// constants. Takes well under a microsecond. An unknown id has the affinity 0 to all other ids.
    /// </summary>
    public double AffinityOf(int one, int other) =>
        one == other ? 1
        : Fits(one, other) ? Affinity.Form
        : Neighbours.TryGetValue((Math.Min(one, other), Math.Max(one, other)), out var weight) ? weight
        : byId.TryGetValue(one, out var a) && byId.TryGetValue(other, out var b) ? Affinity.Derived(a, b)
        : 0;

    /// <summary>Whether one is a narrower form of the other, over any number of steps.</summary>
    public bool IsForm(int narrowerId, int broaderId) => BroaderOf(narrowerId).Contains(broaderId);

    /// <summary>Ids of all roles this one is a narrower form of, over any number of steps.</summary>
    public IReadOnlySet<int> BroaderOf(int roleId) => broaderOf.TryGetValue(roleId, out var broader) ? broader : NoRoles;

    private static Dictionary<int, HashSet<int>> Close(
        Dictionary<int, Role> roles, IReadOnlyCollection<(int Narrower, int Broader)> forms)
    {
        var direct = forms.ToLookup(f => f.Narrower, f => f.Broader);
        var closed = new Dictionary<int, HashSet<int>>();
        foreach (var start in direct.Select(g => g.Key))
        {
            var seen = new HashSet<int>();
            var open = new Stack<int>(direct[start]);
            while (open.TryPop(out var id))
            {
                if (!roles.ContainsKey(id))
                {
                    throw Refusal.Invalid($"The role \"{roles[start].Slug}\" is a narrower form of a role that does not exist.");
                }
                else if (id == start)
                {
                    throw Refusal.Invalid($"The role \"{roles[start].Slug}\" would be a narrower form of itself: its broader roles form a cycle.");
                }
                else if (seen.Add(id))
                {
                    foreach (var next in direct[id])
                    {
                        open.Push(next);
                    }
                }
            }

            closed[start] = seen;
        }
        return closed;
    }
}
