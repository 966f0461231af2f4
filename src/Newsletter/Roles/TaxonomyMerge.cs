namespace Newsletter.Roles;

/// <summary>What a taxonomy becomes when a file, which may hold only some of its roles, is laid over it.</summary>
internal static class TaxonomyMerge
{
    /// <param name="known">As <see cref="TaxonomyFile.Of"/> gives it.</param>
    /// <exception cref="Refusal">Invalid, for what keeps the two from being laid over each other; the rest shows in reading the result.</exception>
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

        // A pair of two roles of the file is as the file has it; one with a role that is not in it stays unless the file gives it.
        bool Names(string one, string other) => given.TryGetValue(one, out var entry) && entry.Neighbours.ContainsKey(other);

        TaxonomyFile.Entry Beside(TaxonomyFile.Entry entry, bool isGiven) => entry with
        {
            Neighbours = entry.Neighbours.Where(_ => isGiven).Concat(neighbours[entry.Slug].Select(n => KeyValuePair.Create(n.Other, n.Weight))).ToDictionary(),
        };
    }

    /// <summary>
    /// The program's own taxonomy without those forms that would run in a circle with what an editor made of other roles:
    /// nobody is there to ask when it is seeded.
    /// </summary>
    /// <param name="edited">Slugs of roles whose forms in <paramref name="known"/> stay.</param>
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
