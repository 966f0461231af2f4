using System.Text.RegularExpressions;

namespace Newsletter.Targeting;

/// <summary>
/// Everything known about roles, unchanging and in memory: the roles, the labels that name them exactly, and which role is
/// a narrower form of which. An abbreviation with several meanings has the one most common among readers of AI and
/// technology news, and only one: PM is Product Manager (not project manager), CPO Chief Product Officer, CDO Chief Data
/// Officer, DS Data Scientist, EM Engineering Manager, SA nobody. The rule is the alias in taxonomy.json.
/// </summary>
public sealed partial class Taxonomy
{
    private readonly Dictionary<string, Role> bySlug;
    private readonly Dictionary<int, HashSet<int>> broaderOf;

    /// <param name="roles">At least one; ids and slugs unique.</param>
    /// <param name="aliases">Labels in the form of <see cref="RoleLabel.Normalise"/>, each with the roles it means.</param>
    /// <param name="forms">Direct steps from a narrower to a broader role, by id.</param>
    /// <exception cref="Refusal">Invalid when empty, when the forms run in a circle or name a role that is not there.</exception>
    public Taxonomy(
        IReadOnlyList<Role> roles,
        IReadOnlyDictionary<string, IReadOnlyList<Role>> aliases,
        IReadOnlyCollection<(int Narrower, int Broader)> forms)
    {
        if (roles.Count == 0)
        {
            throw Refusal.Invalid("The taxonomy has no roles: it needs at least one.");
        }

        Roles = roles;
        Aliases = aliases;
        Forms = forms;
        bySlug = roles.ToDictionary(r => r.Slug);
        broaderOf = Close(roles.ToDictionary(r => r.Id), forms);
    }

    public IReadOnlyList<Role> Roles { get; }

    /// <summary>Normal form of a label → what it means, by the file or by an editor.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Role>> Aliases { get; }

    /// <summary>Direct steps only; <see cref="FitOf"/> knows the closure.</summary>
    public IReadOnlyCollection<(int Narrower, int Broader)> Forms { get; }

    public Role? Find(string slug) => bySlug.GetValueOrDefault(slug);

    /// <exception cref="Refusal">NotFound when there is no such role.</exception>
    public Role Get(string slug) => Find(slug)
        ?? throw Refusal.NotFound($"There is no role \"{slug}\": \"newsletter roles list\" shows those there are.");

    /// <summary>Whether what is best for the item's role is for a reader with the reader's role, and how. Unknown ids fit nothing else.</summary>
    public Fit FitOf(int readerRoleId, int itemRoleId) =>
        readerRoleId == itemRoleId ? Fit.Same
        : IsForm(itemRoleId, readerRoleId) ? Fit.Narrower
        : IsForm(readerRoleId, itemRoleId) ? Fit.Broader
        : Fit.None;

    public bool Fits(int readerRoleId, int itemRoleId) => FitOf(readerRoleId, itemRoleId) != Fit.None;

    /// <summary>How close two roles are, 0 to 1.</summary>
    public double AffinityOf(int mine, int other) => FitOf(mine, other) switch
    {
        Fit.Same => 1,
        Fit.None => 0,
        _ => 0.8,
    };

    /// <summary>Whether one is a narrower form of the other, over any number of steps.</summary>
    public bool IsForm(int narrowerId, int broaderId) =>
        broaderOf.TryGetValue(narrowerId, out var broader) && broader.Contains(broaderId);

    /// <summary>A taxonomy from its file; roles are numbered by their place.</summary>
    /// <exception cref="Refusal">Invalid when empty, a slug stands twice or is malformed, a broader role is unknown, the
    /// forms run in a circle, or a label means two roles.</exception>
    public static Taxonomy From(TaxonomyFile file)
    {
        // JSON can hold null where the types say there is none.
        if (file.Roles.Any(r => r is null || r.Domains.Concat(r.Broader).Concat(r.Aliases).Contains(null)))
        {
            throw Refusal.Invalid("The taxonomy holds an empty entry: every role, domain, broader role and alias must be there.");
        }

        var roles = file.Roles.Select((e, i) => Checked(e, i + 1)).ToList();
        if (roles.GroupBy(r => r.Slug).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Refusal.Invalid($"The role \"{twice.Key}\" stands twice in the taxonomy.");
        }

        var bySlug = roles.ToDictionary(r => r.Slug);

        var forms = new List<(int, int)>();
        var aliases = new Dictionary<string, IReadOnlyList<Role>>();
        foreach (var (entry, role) in file.Roles.Zip(roles))
        {
            foreach (var broader in entry.Broader.Distinct())
            {
                forms.Add((role.Id, bySlug.TryGetValue(broader, out var b) ? b.Id
                    : throw Refusal.Invalid($"The role \"{role.Slug}\" is a narrower form of \"{broader}\", which is no role of the taxonomy.")));
            }

            foreach (var label in entry.Aliases.Prepend(entry.Name))
            {
                if (!aliases.TryAdd(RoleLabel.Normalise(label), [role]) && aliases[RoleLabel.Normalise(label)][0] is var other && other != role)
                {
                    throw Refusal.Invalid($"The label \"{label}\" means both \"{other.Slug}\" and \"{role.Slug}\": it can name one role only.");
                }
            }
        }
        return new(roles, aliases, forms);
    }

    private static Role Checked(TaxonomyFile.Entry entry, int id)
    {
        if (!SlugForm().IsMatch(entry.Slug) || entry.Slug.Length > 60)
        {
            throw Refusal.Invalid($"\"{entry.Slug[..Math.Min(60, entry.Slug.Length)]}\" is no role slug: lower-case letters and digits, joined by hyphens, at most 60.");
        }

        if (entry.Domains.Count == 0 || entry.Domains.Any(d => !SlugForm().IsMatch(d)))
        {
            throw Refusal.Invalid($"The role \"{entry.Slug}\" needs at least one domain, such as \"engineering\".");
        }

        return new(id, entry.Slug, RoleLabel.Clean(entry.Name), entry.Level, entry.Domains);
    }

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
                    throw Refusal.Invalid($"The role \"{roles[start].Slug}\" is a narrower form of a role that is not there.");
                }
                else if (id == start)
                {
                    throw Refusal.Invalid($"The role \"{roles[start].Slug}\" would be a narrower form of itself: the forms run in a circle.");
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

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex SlugForm();
}
