namespace Newsletter.Roles;

/// <summary>
/// The taxonomy's labels by meaning: each label that divides cleanly into one head and its subjects becomes a key
/// ("Head of Machine Learning" → director + ml), so that other words for the same find the role. What does not divide
/// ("SRE", "Chief of Staff") is kept as a name.
/// </summary>
internal sealed class RoleIndex
{
    private readonly Taxonomy taxonomy;
    private readonly Dictionary<string, Role> byMeaning = [];
    private readonly Dictionary<Role, List<(string Head, IReadOnlyList<string> Subjects)>> meanings = [];
    private readonly Dictionary<string, Role> names = [];

    public RoleIndex(Taxonomy taxonomy)
    {
        this.taxonomy = taxonomy;
        // Names first: where a name and another role's alias mean the same, the name wins.
        var labels = taxonomy.Roles.Select(r => (Normal: RoleLabel.Normalise(r.Name), Role: r))
            .Concat(taxonomy.Aliases.Where(a => a.Value.Count == 1).OrderBy(a => a.Value[0].Id)
                .ThenBy(a => a.Key, StringComparer.Ordinal).Select(a => (Normal: a.Key, Role: a.Value[0])));
        foreach (var (normal, role) in labels)
        {
            Add(normal, role);
        }
    }

    public IReadOnlyDictionary<string, Role> Names => names;

    private void Add(string normal, Role role)
    {
        var words = Vocabulary.Words.Whole(normal.Split(' '));
        var pieces = Vocabulary.Words.Read(words, new Dictionary<string, Role>());
        // "Projektleiter" is a project manager, whatever its halves mean elsewhere.
        var compound = pieces.Count > words.Count;
        if (pieces.Any(p => p.Concept == "chief"))
        {
            pieces.RemoveAll(p => p.Concept == "officer");
        }

        if (!compound && pieces.All(p => p.Kind is WordKind.Level or WordKind.Job or WordKind.Subject or WordKind.Filler) && pieces.Count(p => p.IsHead) == 1)
        {
            var head = pieces.Single(p => p.IsHead).Concept;
            var subjects = pieces.Where(p => p.Kind == WordKind.Subject).Select(p => p.Concept).Distinct().ToList();
            if (!byMeaning.TryAdd(Key(head, subjects), role))
            {
                return;
            }

            if (!meanings.TryGetValue(role, out var all))
            {
                meanings[role] = all = [];
            }

            all.Add((head, subjects));
        }
        else if (pieces.Any(p => p.IsHead || p.Kind is WordKind.Unknown or WordKind.Foreign)
            || pieces.Any(p => p.Kind == WordKind.Rank) && pieces.Any(p => p.Kind == WordKind.Subject))
        {
            names.TryAdd(string.Join(' ', words), role);
        }
    }

    public IReadOnlyList<(string Head, IReadOnlyList<string> Subjects)> Meanings(Role role) =>
        meanings.TryGetValue(role, out var all) ? all : [];

    public Role? Bare(string head) => byMeaning.GetValueOrDefault(Key(head, []));

    /// <summary>
    /// The role of a head and its subjects. The last subject weighs most ("AI marketing director" is about marketing), so
    /// subjects are given up from the front; each may stand for its broader concept.
    /// </summary>
    public Role? Find(string head, IReadOnlyList<string> subjects)
    {
        for (var from = Math.Max(0, subjects.Count - 4); from < subjects.Count; from++)
        {
            if (FindWhole(head, [.. subjects.Skip(from)]) is { } role)
            {
                return role;
            }
        }

        return null;
    }

    /// <summary>The narrowest form of a role that further subjects make of it, or the role itself.</summary>
    public Role Refine(Role role, IReadOnlyList<string> subjects)
    {
        var narrowest = role;
        if (subjects.Count is 0 or > 8)
        {
            return role;
        }

        foreach (var (head, own) in Meanings(role))
        {
            foreach (var further in subjects.Select(s => (IReadOnlyList<string>)[s]).Prepend(subjects))
            {
                foreach (var set in new[] { further, [.. own, .. further] })
                {
                    if (set.Count <= 4 && FindWhole(head, set) is { } found && taxonomy.IsForm(found.Id, narrowest.Id))
                    {
                        narrowest = found;
                    }
                }
            }
        }

        return narrowest;
    }

    private Role? FindWhole(string head, IReadOnlyList<string> subjects)
    {
        // "Frontend Software Engineer": frontend says it all.
        subjects = [.. subjects.Where(s => !subjects.Any(other => IsBroader(s, other)))];
        string[] heads = head switch
        {
            "lead" => ["lead", "manager"],
            "manager" => ["manager", "lead"],
            "engineer" => ["engineer", "developer"],
            _ => Vocabulary.Words.Broader(head) is { } other ? [head, other] : [head],
        };
        return Generalised(subjects)
            .SelectMany(set => heads.Select(h => byMeaning.GetValueOrDefault(Key(h, set))))
            .FirstOrDefault(r => r is not null);
    }

    private static bool IsBroader(string concept, string than)
    {
        for (var c = Vocabulary.Words.Broader(than); c is not null; c = Vocabulary.Words.Broader(c))
        {
            if (c == concept)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The subjects themselves, then with broader concepts in their place, fewest steps first; never two melted into one.</summary>
    private static IEnumerable<IReadOnlyList<string>> Generalised(IReadOnlyList<string> subjects)
    {
        IEnumerable<(int Steps, IReadOnlyList<string> Set)> sets = [(0, [])];
        foreach (var subject in subjects)
        {
            var chain = new List<string>();
            for (var c = subject; c is not null; c = Vocabulary.Words.Broader(c))
            {
                chain.Add(c);
            }

            sets = [.. sets.SelectMany(s => chain.Where(c => !s.Set.Contains(c)).Select((c, i) => (s.Steps + i, (IReadOnlyList<string>)[.. s.Set, c])))];
        }
        return sets.OrderBy(s => s.Steps).Select(s => s.Set);
    }

    private static string Key(string head, IEnumerable<string> subjects) =>
        $"{head}:{string.Join('+', subjects.Distinct().Order(StringComparer.Ordinal))}";
}
