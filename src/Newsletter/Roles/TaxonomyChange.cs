using System.Text.Json.Serialization;

namespace Newsletter.Roles;

/// <summary>A label that an import changes.</summary>
/// <param name="Text">As written in the file, or else in its normal form.</param>
public sealed record ChangedLabel(string Text, string Normal);

/// <summary>Labels that got a meaning, that changed their meaning, and that lost the meaning which the taxonomy gave them.</summary>
public sealed record ChangedLabels(IReadOnlyList<ChangedLabel> Added, IReadOnlyList<ChangedLabel> Changed, IReadOnlyList<ChangedLabel> Removed)
{
    internal IEnumerable<ChangedLabel> All => Added.Concat(Changed).Concat(Removed);
}

/// <summary>The difference between two taxonomies.</summary>
/// <param name="Added">Slugs of new roles.</param>
/// <param name="Changed">Slugs of roles whose name, level, family, domains, forms or neighbours differ.</param>
public sealed record TaxonomyChange(int Version, IReadOnlyList<string> Added, IReadOnlyList<string> Changed, ChangedLabels Labels)
{
    /// <summary>
    /// Roles that belong to the editor from now on: those changed, and those that lost a label, because seeding must not restore it.
    /// </summary>
    internal IReadOnlySet<string> Edited { get; init; } = new HashSet<string>();

    /// <summary>A summary without the final full stop.</summary>
    [JsonIgnore]
    public string Sentence =>
        $"Version {Version}: {Amount.Of(Added.Count, "role")} added, {Amount.Of(Changed.Count)} changed; {Amount.Of(Labels.Added.Count, "label")} added, "
        + $"{Amount.Of(Labels.Changed.Count)} changed, {Amount.Of(Labels.Removed.Count)} removed";

    internal bool IsNone => Edited.Count == 0 && !Labels.All.Any();

    /// <param name="texts">How the labels of <paramref name="after"/> are written, by normal form.</param>
    internal static TaxonomyChange Between(Taxonomy before, Taxonomy after, IReadOnlyDictionary<string, string> texts)
    {
        var (was, isNow) = (Facts(before), Facts(after));
        List<string> added = [.. after.Roles.Select(r => r.Slug).Where(slug => !was.ContainsKey(slug))];
        List<string> changed = [.. after.Roles.Select(r => r.Slug).Where(slug => was.TryGetValue(slug, out var facts) && facts != isNow[slug])];
        var removed = before.Aliases.Keys.Where(normal => !after.Aliases.ContainsKey(normal)).ToList();
        var other = after.Aliases
            .Where(a => before.Aliases.TryGetValue(a.Key, out var roles) && !Slugs(roles).SetEquals(Slugs(a.Value)))
            .Select(a => a.Key).ToList();
        return new(after.Version, added, changed, new(
            Labels(after.Aliases.Keys.Where(normal => !before.Aliases.ContainsKey(normal))), Labels(other), Labels(removed)))
        {
            Edited = added.Concat(changed).Concat(removed.Concat(other).SelectMany(normal => Slugs(before.Aliases[normal]))).ToHashSet(),
        };

        List<ChangedLabel> Labels(IEnumerable<string> normals) =>
            [.. normals.Order(StringComparer.Ordinal).Select(normal => new ChangedLabel(texts.GetValueOrDefault(normal, normal), normal))];
    }

    private static HashSet<string> Slugs(IReadOnlyList<Role> roles) => [.. roles.Select(r => r.Slug)];

    /// <summary>Slug → all properties of the role except its labels, as text.</summary>
    private static Dictionary<string, string> Facts(Taxonomy taxonomy)
    {
        var slugs = taxonomy.Roles.ToDictionary(r => r.Id, r => r.Slug);
        var broader = taxonomy.Forms.ToLookup(f => f.Narrower, f => slugs[f.Broader]);
        var neighbours = taxonomy.Neighbours
            .SelectMany(n => new[] { (n.Key.One, n.Key.Other, n.Value), (One: n.Key.Other, Other: n.Key.One, n.Value) })
            .ToLookup(n => n.One, n => FormattableString.Invariant($"{slugs[n.Other]} {n.Value:R}"));
        return taxonomy.Roles.ToDictionary(r => r.Slug, r => string.Join('\n',
            [r.Name, r.Level.Text(), r.Family, string.Join(' ', r.Domains),
                string.Join(' ', broader[r.Id].Order(StringComparer.Ordinal)), string.Join(", ", neighbours[r.Id].Order(StringComparer.Ordinal))]));
    }
}
