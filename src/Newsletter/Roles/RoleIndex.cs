namespace Newsletter.Roles;

/// <summary>
/// Index of the taxonomy's labels by meaning. A label that divides into exactly one head and its subjects becomes a key ("Head of
/// Machine Learning" → director + ml), so that synonyms find the role. A label that does not ("SRE", "Chief of Staff") becomes a name.
/// </summary>
internal sealed class RoleIndex
{
    /// <summary>Subjects of one look-up: its time grows exponentially with them.</summary>
    private const int MostInKey = 4;

    /// <summary>A role is not refined by more further subjects than these.</summary>
    private const int MostToRefine = 8;

    private readonly Taxonomy taxonomy;
    private readonly Dictionary<string, Role> byMeaning = [];
    private readonly Dictionary<Role, List<(string Head, IReadOnlyList<string> Subjects)>> meanings = [];
    private readonly Dictionary<string, Role> names = [];

    public RoleIndex(Taxonomy taxonomy)
    {
        this.taxonomy = taxonomy;
        // Names first: if a name and another role's alias have the same meaning, the name wins.
        var labels = taxonomy.Roles.Select(r => (Normal: RoleLabel.Normalise(r.Name), Role: r))
            .Concat(taxonomy.Aliases.Where(a => a.Value.Count == 1).OrderBy(a => a.Value[0].Id)
                .ThenBy(a => a.Key, StringComparer.Ordinal).Select(a => (Normal: a.Key, Role: a.Value[0])));
        foreach (var (normal, role) in labels)
        {
            Add(normal, role);
        }
    }

    /// <summary>Labels that do not divide, in their normal form.</summary>
    public IReadOnlyDictionary<string, Role> Names => names;

    private void Add(string normal, Role role)
    {
        var words = Vocabulary.Words.Whole(normal.Split(' '));
        var pieces = Vocabulary.Words.Read(words, new Dictionary<string, Role>());
        // A compound keeps its own meaning: "Projektleiter" is a project manager, and no director of projects.
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

    /// <summary>The keys of a role; empty if none of its labels divides.</summary>
    public IReadOnlyList<(string Head, IReadOnlyList<string> Subjects)> Meanings(Role role) =>
        meanings.TryGetValue(role, out var all) ? all : [];

    /// <summary>The role of a head without subjects.</summary>
    public Role? Bare(string head) => byMeaning.GetValueOrDefault(Key(head, []));

    /// <summary>
    /// The role of a head and its subjects; null if there is none. The last subject counts most ("AI marketing director" is about
    /// marketing), so subjects are dropped from the front. Each may be replaced by a broader concept.
    /// </summary>
    public Role? Find(string head, IReadOnlyList<string> subjects)
    {
        for (var from = Math.Max(0, subjects.Count - MostInKey); from < subjects.Count; from++)
        {
            if (FindWhole(head, [.. subjects.Skip(from)]) is { } role)
            {
                return role;
            }
        }

        return null;
    }

    /// <summary>The narrowest form of a role that further subjects lead to, or the role itself.</summary>
    public Role Refine(Role role, IReadOnlyList<string> subjects)
    {
        var narrowest = role;
        if (subjects.Count is 0 or > MostToRefine)
        {
            return role;
        }

        foreach (var (head, own) in Meanings(role))
        {
            foreach (var further in subjects.Select(s => (IReadOnlyList<string>)[s]).Prepend(subjects))
            {
                foreach (var set in new[] { further, [.. own, .. further] })
                {
                    if (set.Count <= MostInKey && FindWhole(head, set) is { } found && taxonomy.IsForm(found.Id, narrowest.Id))
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
        // Drop subjects that another one implies: in "Frontend Software Engineer", frontend implies software.
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

    /// <summary>
    /// The subjects themselves, then all combinations with broader concepts, fewest steps first. Two subjects never become one. The
    /// number of combinations grows exponentially: hence <see cref="MostInKey"/>.
    /// </summary>
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
