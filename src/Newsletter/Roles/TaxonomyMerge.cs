namespace Newsletter.Roles;

/// <summary>Merges a file, which may contain only some of the roles, into a taxonomy.</summary>
internal static class TaxonomyMerge
{
    /// <param name="known">As returned by <see cref="TaxonomyFile.Of"/>.</param>
    /// <exception cref="Refusal">Invalid: the two cannot be merged. All other errors are found when the result is parsed.</exception>
    public static TaxonomyFile Over(TaxonomyFile file, TaxonomyFile known)
    {
        TaxonomyParser.RequireWhole(file);
        var given = file.Roles.ToDictionary(r => r.Slug);
        var neighbours = Neighbours(known)
            .Where(n => !given.ContainsKey(n.One) || !given.ContainsKey(n.Other))
            .Where(n => !Names(n.One, n.Other) && !Names(n.Other, n.One))
            .ToLookup(n => n.One, n => (n.Other, n.Weight));
        var slugs = known.Roles.Select(r => r.Slug).ToHashSet();
        return new()
        {
            Version = file.Version,
            Roles = [.. known.Roles.Select(r => Beside(given.GetValueOrDefault(r.Slug, r), given.ContainsKey(r.Slug))),
                .. file.Roles.Where(r => !slugs.Contains(r.Slug))],
            Labels = file.Labels ?? known.Labels,
        };

        // A pair of two roles in the file comes from the file. A pair with a role outside the file stays, unless the file gives its weight.
        bool Names(string one, string other) => given.TryGetValue(one, out var entry) && entry.Neighbours.ContainsKey(other);

        TaxonomyFile.Entry Beside(TaxonomyFile.Entry entry, bool isGiven) => entry with
        {
            Neighbours = entry.Neighbours.Where(_ => isGiven).Concat(neighbours[entry.Slug].Select(n => KeyValuePair.Create(n.Other, n.Weight))).ToDictionary(),
        };
    }

    /// <summary>
    /// The program's own taxonomy without the forms that would make a cycle with an editor's forms of other roles: during seeding, no editor can
    /// be asked.
    /// </summary>
    /// <param name="edited">Slugs of roles whose forms in <paramref name="known"/> are kept.</param>
    public static Taxonomy WithoutCircles(Taxonomy wanted, Taxonomy known, IReadOnlySet<string> edited)
    {
        var slugOf = wanted.Roles.ToDictionary(r => r.Id, r => r.Slug);
        var knownSlugOf = known.Roles.ToDictionary(r => r.Id, r => r.Slug);
        var broader = known.Forms.Select(f => (Narrower: knownSlugOf[f.Narrower], Broader: knownSlugOf[f.Broader]))
            .Where(f => edited.Contains(f.Narrower))
            .GroupBy(f => f.Narrower, f => f.Broader).ToDictionary(g => g.Key, g => g.ToHashSet());
        var forms = new List<(int, int)>();
        foreach (var form in wanted.Forms.Where(f => !edited.Contains(slugOf[f.Narrower])))
        {
            var (narrower, wider) = (slugOf[form.Narrower], slugOf[form.Broader]);
            if (!Reaches(wider, narrower, []))
            {
                forms.Add(form);
                broader.TryAdd(narrower, []);
                broader[narrower].Add(wider);
            }
        }
        return new(wanted.Version, wanted.Roles, wanted.Aliases, forms, wanted.Neighbours);

        bool Reaches(string from, string to, HashSet<string> seen) =>
            from == to || seen.Add(from) && broader.TryGetValue(from, out var next) && next.Any(n => Reaches(n, to, seen));
    }

    private static IEnumerable<(string One, string Other, double Weight)> Neighbours(TaxonomyFile file) =>
        file.Roles.SelectMany(r => r.Neighbours.Select(n => (r.Slug, n.Key, n.Value)));
}
