using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>The properties of a role that affect choosing, as of planning. Names and labels do not affect it.</summary>
public sealed record PlannedRole
{
    public required int RoleId { get; init; }
    public required string Slug { get; init; }

    /// <summary>The value in the taxonomy.</summary>
    public required string Level { get; init; }
    public required string Family { get; init; }
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Ids of the roles that this one is a narrower form of, directly or indirectly; ascending.</summary>
    public required IReadOnlyList<int> Broader { get; init; }

    /// <summary>Id of a neighbour → affinity (0 to 1), if the taxonomy states one.</summary>
    public required IReadOnlyDictionary<int, double> Neighbours { get; init; }

    /// <returns>All roles, by ascending id.</returns>
    public static IReadOnlyList<PlannedRole> Of(Taxonomy taxonomy)
    {
        var neighbours = taxonomy.Neighbours
            .SelectMany(n => new[] { (n.Key.One, n.Key.Other, n.Value), (One: n.Key.Other, Other: n.Key.One, n.Value) })
            .ToLookup(n => n.One, n => KeyValuePair.Create(n.Other, n.Value));
        return [.. taxonomy.Roles.OrderBy(role => role.Id).Select(role => new PlannedRole
        {
            RoleId = role.Id,
            Slug = role.Slug,
            Level = role.Level.Text(),
            Family = role.Family,
            Domains = role.Domains,
            Broader = [.. taxonomy.BroaderOf(role.Id).Order()],
            // Sorted, since the order is part of the plan's hash.
            Neighbours = new SortedDictionary<int, double>(neighbours[role.Id].ToDictionary()),
        })];
    }

    /// <summary>Whether level, family, domains and the relations to these roles are unchanged. Relations to newer roles do not count.</summary>
    public bool StandsAs(PlannedRole now, IReadOnlySet<int> roles) =>
        (Level, Family) == (now.Level, now.Family)
        && Domains.SequenceEqual(now.Domains)
        && Broader.SequenceEqual(now.Broader.Where(roles.Contains))
        && Neighbours.OrderBy(n => n.Key).SequenceEqual(now.Neighbours.Where(n => roles.Contains(n.Key)).OrderBy(n => n.Key));
}
