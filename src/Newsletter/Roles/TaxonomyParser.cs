using System.Text.RegularExpressions;

namespace Newsletter.Roles;

/// <summary>Parses a taxonomy file; a role's id is its position. A contradiction is refused with one sentence that names the role.</summary>
internal static partial class TaxonomyParser
{
    /// <exception cref="Refusal">
    /// Invalid: no roles or too many; an invalid slug, domain or family; a duplicate slug; a broader role or neighbour that does not exist;
    /// a cycle of forms; a weight outside 0 to 1; a label that is too long or means two roles.
    /// </exception>
    public static Taxonomy Read(TaxonomyFile file)
    {
        RequireWhole(file);
        var roles = file.Roles.Select((entry, i) => RoleOf(entry, i + 1)).ToList();
        var bySlug = roles.ToDictionary(r => r.Slug);
        return new(file.Version, roles, Aliases(file, bySlug), Forms(file, bySlug), Neighbours(file, bySlug));
    }

    /// <summary>Checks that there are no null entries, no duplicate slugs and not too many entries: all other code relies on this.</summary>
    public static void RequireWhole(TaxonomyFile file)
    {
        if (file.Roles.Count is 0 or > TaxonomyFile.MaxRoles)
        {
            throw Refusal.Invalid(file.Roles.Count == 0
                ? "The taxonomy has no roles: it needs at least one."
                : $"The taxonomy has {Amount.Of(file.Roles.Count, "role")}: the maximum is {Amount.Of(TaxonomyFile.MaxRoles)}.");
        }

        // JSON can contain null where the types are not nullable.
        if (file.Roles.Any(r => r is null || r.Domains.Concat(r.Broader).Concat(r.Aliases).Contains(null))
            || (file.Labels ?? []).Any(l => l is null || l.Roles.Contains(null)))
        {
            throw Refusal.Invalid("The taxonomy contains a null entry: no role, domain, broader role, alias or label may be null.");
        }

        if (file.Roles.Sum(r => r.Aliases.Count) + (file.Labels?.Count ?? 0) is > TaxonomyFile.MaxLabels and var labels)
        {
            throw Refusal.Invalid($"The taxonomy has {Amount.Of(labels)} aliases and labels: the maximum is {Amount.Of(TaxonomyFile.MaxLabels)}.");
        }

        if (file.Version is < 1 or > TaxonomyFile.MaxVersion)
        {
            throw Refusal.Invalid($"The taxonomy's version is {file.Version}: it must be from 1 to {TaxonomyFile.MaxVersion}.");
        }

        if (file.Roles.FirstOrDefault(r => !SlugForm().IsMatch(r.Slug) || r.Slug.Length > 60) is { } nameless)
        {
            throw Refusal.Invalid(
                $"\"{RoleLabel.Shown(nameless.Slug)}\" is not a valid role slug: "
                + "use lower-case letters and digits, joined by hyphens, at most 60 characters.");
        }

        if (file.Roles.GroupBy(r => r.Slug).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Refusal.Invalid($"The role \"{twice.Key}\" occurs twice in the taxonomy.");
        }
    }

    private static Role RoleOf(TaxonomyFile.Entry entry, int id)
    {
        var domains = entry.Domains.Distinct().ToList();
        if (domains.Count == 0)
        {
            throw Refusal.Invalid($"The role \"{entry.Slug}\" needs at least one domain, such as \"engineering\".");
        }

        if (domains.Find(d => !Domains.IsKnown(d)) is { } unknown)
        {
            throw Refusal.Invalid(
                $"The role \"{entry.Slug}\" has the domain \"{RoleLabel.Shown(unknown)}\", which is unknown; "
                + $"known domains: {string.Join(", ", Domains.Known)}.");
        }

        if (!Enum.IsDefined(entry.Level))
        {
            throw Refusal.Invalid($"The role \"{entry.Slug}\" has an unknown level.");
        }

        var family = entry.Family ?? Domains.FamilyOf(entry.Level, domains[0]);
        if (!SlugForm().IsMatch(family) || family.Length > 60)
        {
            throw Refusal.Invalid(
                $"The role \"{entry.Slug}\" has the family \"{RoleLabel.Shown(family)}\", which is not valid: "
                + "use lower-case letters and digits, joined by hyphens, at most 60 characters.");
        }

        NormalOf(entry.Slug, entry.Name);
        return new(id, entry.Slug, RoleLabel.Clean(entry.Name), entry.Level, domains, family);
    }

    private static List<(int, int)> Forms(TaxonomyFile file, Dictionary<string, Role> bySlug) =>
        [.. file.Roles.SelectMany(entry => entry.Broader.Distinct().Select(broader => (bySlug[entry.Slug].Id,
            bySlug.GetValueOrDefault(broader)?.Id
            ?? throw Refusal.Invalid(
                $"The role \"{entry.Slug}\" is a narrower form of \"{RoleLabel.Shown(broader)}\", which is not a role of the taxonomy."))))];

    private static Dictionary<(int, int), double> Neighbours(TaxonomyFile file, Dictionary<string, Role> bySlug)
    {
        var weights = new Dictionary<(int, int), double>();
        foreach (var (slug, neighbour, weight) in file.Roles.SelectMany(r => r.Neighbours.Select(n => (r.Slug, n.Key, n.Value))))
        {
            if (!bySlug.TryGetValue(neighbour, out var other) || neighbour == slug)
            {
                throw Refusal.Invalid(
                    $"The role \"{slug}\" has the neighbour \"{RoleLabel.Shown(neighbour)}\", "
                    + $"which is {(neighbour == slug ? "itself" : "not a role of the taxonomy")}.");
            }

            if (weight is not (>= 0 and <= 1))
            {
                throw Refusal.Invalid($"The role \"{slug}\" has the neighbour \"{neighbour}\" with a weight that is not between 0 and 1.");
            }

            var one = bySlug[slug].Id;
            var pair = (Math.Min(one, other.Id), Math.Max(one, other.Id));
            if (!weights.TryAdd(pair, weight) && weights[pair] != weight)
            {
                throw Refusal.Invalid($"\"{slug}\" and \"{neighbour}\" give different weights for each other: keep only one of the two.");
            }
        }
        return weights;
    }

    private static Dictionary<string, IReadOnlyList<Role>> Aliases(TaxonomyFile file, Dictionary<string, Role> bySlug)
    {
        var aliases = new Dictionary<string, IReadOnlyList<Role>>();
        var names = new Dictionary<string, string>();
        foreach (var taught in file.Labels ?? [])
        {
            var label = RoleLabel.Shown(taught.Label);
            var roles = taught.Roles.Distinct().Select(slug => bySlug.GetValueOrDefault(slug)
                ?? throw Refusal.Invalid($"The label \"{label}\" means \"{RoleLabel.Shown(slug)}\", which is not a role of the taxonomy.")).ToList();
            if (roles.Count == 0)
            {
                throw Refusal.Invalid($"The label \"{label}\" has no roles: name at least one.");
            }

            if (!aliases.TryAdd(NormalOf("labels", taught.Label), roles))
            {
                throw Refusal.Invalid($"The label \"{label}\" occurs twice in the labels.");
            }
        }

        foreach (var entry in file.Roles)
        {
            var role = bySlug[entry.Slug];
            var name = NormalOf(entry.Slug, entry.Name);
            if (!names.TryAdd(name, entry.Slug))
            {
                throw TwoRoles(entry.Name, names[name], entry.Slug);
            }

            // A label that an editor taught takes precedence over a name.
            aliases.TryAdd(name, [role]);
        }

        foreach (var (entry, label) in file.Roles.SelectMany(r => r.Aliases.Select(a => (r, a))))
        {
            var normal = NormalOf(entry.Slug, label);
            if (!aliases.TryAdd(normal, [bySlug[entry.Slug]]) && (aliases[normal].Count > 1 || aliases[normal][0].Slug != entry.Slug))
            {
                throw TwoRoles(label, string.Join(" and ", aliases[normal].Select(r => r.Slug)), entry.Slug);
            }
        }
        return aliases;
    }

    private static Refusal TwoRoles(string label, string one, string other) =>
        Refusal.Invalid($"The label \"{RoleLabel.Shown(label)}\" means both \"{one}\" and \"{other}\": it can name one role only.");

    private static string NormalOf(string where, string label)
    {
        try
        {
            return RoleLabel.Normalise(label);
        }
        catch (Refusal refusal)
        {
            throw Refusal.Invalid($"In \"{where}\" of the taxonomy: {refusal.Message}");
        }
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z")]
    private static partial Regex SlugForm();
}
