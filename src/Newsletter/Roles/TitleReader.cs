namespace Newsletter.Roles;

/// <summary>What one part of a title says.</summary>
/// <param name="Roles">Roles found, in the order of the title.</param>
/// <param name="Subjects">Subjects without a head: they may narrow a role found before.</param>
/// <param name="Doubt">See <see cref="TitleWeights"/>. 0 if every word was understood.</param>
/// <param name="HasHead">It names an occupation or a level.</param>
/// <param name="IsForeign">A word belongs to another field: no role may be claimed.</param>
/// <param name="Unknown">Number of unknown words.</param>
internal sealed record Reading(List<Role> Roles, List<string> Subjects, double Doubt, bool HasHead, bool IsForeign, int Unknown);

/// <summary>
/// Reads one part of a title: the words between commas, dashes or brackets. Separators such as "and" or "/" divide it into chunks, which
/// share words: the head goes forward in "VP of Engineering/Data" and backward in "AI and Data Engineers", the subject goes forward
/// in "AI/ML Engineers and Researchers".
/// </summary>
internal sealed class TitleReader(RoleIndex index)
{
    /// <summary>Heads that are a whole role, whatever comes before: an "immigration lawyer" is a lawyer.</summary>
    private static readonly HashSet<string> Whole =
        ["journalist", "lawyer", "professor", "student", "recruiter", "investor", "founder", "editor", "accountant", "marketer"];

    /// <summary>Heads that keep their meaning with a word of another field: a "sports editor" is an editor. (A "film editor" is not.)</summary>
    private static readonly HashSet<string> OnAnyField = ["journalist", "lawyer", "professor", "editor"];

    /// <summary>Heads that are a role by themselves if all words with them are known.</summary>
    private static readonly HashSet<string> Alone = [.. Whole, "researcher", "scientist", "designer", "consultant", "teacher"];

    /// <summary>The words between two separators.</summary>
    private sealed class Chunk
    {
        public List<Piece> Pieces { get; } = [];
        public Piece? Head { get; set; }
        public List<string> Subjects { get; set; } = [];

        /// <summary>Roles whose exact name occurs.</summary>
        public List<Role> Named { get; } = [];

        /// <summary>The head comes before the subjects: "VP of Engineering".</summary>
        public bool HeadFirst { get; set; }
        public double Doubt { get; set; }
    }

    /// <param name="words">In their normal form, with separators.</param>
    public Reading Read(IReadOnlyList<string> words)
    {
        var pieces = Vocabulary.Words.Read(Expand(words), index.Names);
        // "Associate" is a rank before a head; without a head it is one: "Operations Associate".
        if (words.Count > 1 && words[^1] == "associate" && !pieces.Any(p => p.IsHead || p.Kind == WordKind.Role))
        {
            pieces[^1] = new(WordKind.Job, "specialist");
        }

        if (pieces.Any(p => p.Concept == "chief"))
        {
            pieces.RemoveAll(p => p.Concept == "officer");
        }

        var chunks = Divide(pieces);
        var roles = new List<Role>();
        var left = new List<string>();
        var doubt = chunks.Sum(c => c.Doubt) + TitleWeights.CorrectedTypo * pieces.Count(p => p.Guessed);
        for (var i = 0; i < chunks.Count; i++)
        {
            var chunk = chunks[i];
            var found = Resolve(chunks, i);
            if (found.Count > 0)
            {
                roles.AddRange(found.Where(r => !roles.Contains(r)));
                doubt += DoubtOfUnknownWords(chunk, found[0]);
                continue;
            }
            doubt += TitleWeights.UnknownWord * chunk.Pieces.Count(p => p.Kind == WordKind.Unknown);
            left.AddRange(chunk.Subjects);
            if (chunk.Head is not null)
            {
                // Beside a chief, a vice president is only a rank: "EVP & Chief Technology Officer".
                doubt += chunk is { Head.Concept: "vp", Subjects.Count: 0 } && chunks.Exists(IsChief) ? 0 : TitleWeights.HeadWithoutRole;
            }
            else if (chunk.Subjects.Count > 0 && chunks.Count > 1)
            {
                doubt += TitleWeights.SubjectWithoutHead;
            }
        }
        return new(roles, left, doubt, pieces.Any(p => p.IsHead || p.Kind == WordKind.Role),
            chunks.Exists(IsForeign), pieces.Count(p => p.Kind == WordKind.Unknown));
    }

    /// <summary>Expands abbreviations. "Eng" has two meanings: "ML Eng" is an engineer; "VP Eng" and "Eng Manager" are about engineering.</summary>
    private static IReadOnlyList<string> Expand(IReadOnlyList<string> written)
    {
        var words = Vocabulary.Words.Whole(written);
        if (!words.Contains("eng"))
        {
            return words;
        }

        var isLed = Vocabulary.Words.Read(words, new Dictionary<string, Role>()).Any(p => p.Kind == WordKind.Level);
        return [.. words.Select(word => word == "eng" ? isLed ? "engineering" : "engineer" : word)];
    }

    private List<Chunk> Divide(List<Piece> pieces)
    {
        var chunks = new List<Chunk> { new() };
        foreach (var piece in pieces)
        {
            if (piece.Kind == WordKind.Separator)
            {
                chunks.Add(new());
            }
            else
            {
                chunks[^1].Pieces.Add(piece);
            }
        }

        foreach (var chunk in chunks)
        {
            Analyse(chunk);
        }

        return chunks;
    }

    private static bool IsForeign(Chunk chunk) =>
        chunk.Pieces.Exists(p => p.Kind == WordKind.Foreign && (chunk.Head is not { } head || !OnAnyField.Contains(head.Concept)
            || head.Concept == "editor" && p.Concept == "screen"));

    private static bool IsChief(Chunk chunk) => chunk.Head?.Concept == "chief" || chunk.Named.Exists(r => r.Level == RoleLevel.Executive);

    private void Analyse(Chunk chunk)
    {
        var pieces = chunk.Pieces;
        // A role's name after a director is a subject ("Head of SRE"). After "lead" it is a role, and the lead only a rank ("Lead SRE").
        var level = pieces.FindIndex(p => p.Kind == WordKind.Level && p.Concept is not ("lead" or "chief"));
        var heads = pieces.Where(p => p.IsHead).ToList();
        // Before a chief, the level is only a rank: "SVP Chief Data Officer", "EVP CTO".
        if (heads.Count > 0 && heads[^1].Concept == "chief" || pieces.Any(p => p.Role?.Level == RoleLevel.Executive))
        {
            heads.RemoveAll(h => h.Kind == WordKind.Level && h.Concept == "vp");
            level = -1;
        }

        if (heads.Count > 1)
        {
            heads.RemoveAll(h => h.Concept is "lead" or "chief" && h != heads[^1]);
        }

        foreach (var (piece, at) in pieces.Select((p, i) => (p, i)))
        {
            if (piece.Kind == WordKind.Subject)
            {
                chunk.Subjects.Add(piece.Concept);
            }

            if (piece.Kind != WordKind.Role)
            {
                continue;
            }

            if (level >= 0 && level < at && index.Meanings(piece.Role!).FirstOrDefault().Subjects is { Count: > 0 } subjects)
            {
                chunk.Subjects.AddRange(subjects);
            }
            else
            {
                chunk.Named.Add(piece.Role!);
            }
        }
        if (chunk.Named.Count > 0)
        {
            heads.RemoveAll(h => h.Concept is "lead" or "chief");
        }
        // Two heads side by side ("Student Teacher", "Engineer Recruiter"): the last one is the occupation, most likely.
        if (heads.Count + chunk.Named.Count > 1 && heads.Count > 0 && !heads.All(h => h.Concept == "founder"))
        {
            chunk.Doubt += TitleWeights.TwoHeads;
        }

        chunk.Head = heads.LastOrDefault();
        chunk.HeadFirst = chunk.Head is not null
            && pieces.IndexOf(chunk.Head) < pieces.FindIndex(p => p.Kind is WordKind.Subject or WordKind.Role);
    }

    /// <summary>The roles of one chunk; its neighbours may lend it a head or subjects.</summary>
    private List<Role> Resolve(List<Chunk> chunks, int at) => chunks[at] switch
    {
        { Named.Count: > 0 } chunk => ResolveNamed(chunk),
        { Head: null, Subjects.Count: 0 } => [],
        { Head: null } chunk => ResolveWithoutHead(chunk, chunks, at),
        { Subjects.Count: > 0 } chunk => ResolveWithSubjects(chunk, chunk.Head.Concept),
        { Head: { } head } => ResolveHeadAlone(head, at > 0 ? chunks[at - 1] : null, at + 1 < chunks.Count ? chunks[at + 1] : null),
    };

    private List<Role> ResolveNamed(Chunk chunk)
    {
        var named = chunk.Named.Select(r => index.Refine(r, chunk.Subjects)).ToList();
        if (chunk.Head is { } beside && index.Bare(beside.Concept) is { } also)
        {
            named.Add(also);
        }
        return named;
    }

    /// <summary>
    /// Another chunk lends its head: one before ("VP of Engineering/Data", over any number of chunks), or one after ("AI and Data
    /// Engineers").
    /// </summary>
    private List<Role> ResolveWithoutHead(Chunk chunk, List<Chunk> chunks, int at)
    {
        var lender = chunks.Take(at).LastOrDefault(c => c.Head is not null);
        if (lender is { HeadFirst: false } or null)
        {
            lender = chunks.Skip(at + 1).FirstOrDefault(c => c.Head is not null && c.Subjects.Count > 0 && !c.HeadFirst);
        }
        var lent = lender?.Head?.Concept ?? HeadOfNamed(chunks);
        return lent is not null && index.Find(lent, chunk.Subjects) is { } role ? [role] : [];
    }

    /// <summary>
    /// The head that a role's name stands for: "DevOps/SRE" means two kinds of engineers. Some heads are not lent: "DS/ML" is no scientist
    /// of machine learning.
    /// </summary>
    private string? HeadOfNamed(List<Chunk> chunks) => chunks
        .SelectMany(c => c.Named)
        .Where(r => r.Level == RoleLevel.Individual)
        .Select(r => index.Meanings(r).FirstOrDefault().Head)
        .FirstOrDefault(head => head is not (null or "manager" or "lead" or "owner" or "scientist" or "researcher"));

    private List<Role> ResolveWithSubjects(Chunk chunk, string head)
    {
        if (index.Find(head, chunk.Subjects) is { } found)
        {
            return [index.Refine(found, chunk.Subjects)];
        }
        return Alone.Contains(head) && index.Bare(head) is { } bare ? [index.Refine(bare, chunk.Subjects)] : [];
    }

    /// <summary>
    /// A neighbour lends its subjects ("AI Engineers and Researchers", "Directors and VPs of Engineering"), or the head is a role by itself.
    /// </summary>
    private List<Role> ResolveHeadAlone(Piece head, Chunk? before, Chunk? after)
    {
        if (before is { HeadFirst: false, Subjects.Count: > 0, Head: not null } && index.Find(head.Concept, before.Subjects) is { } shared)
        {
            return [shared];
        }
        if (index.Bare(head.Concept) is { } alone)
        {
            return [alone];
        }
        return after is { HeadFirst: true, Subjects.Count: > 0 } && !IsChief(after) && head.Kind == WordKind.Level
            && index.Find(head.Concept, after.Subjects) is { } ahead ? [ahead] : [];
    }

    /// <summary>The doubt from the unknown words of a resolved chunk, by how likely they change its meaning.</summary>
    private static double DoubtOfUnknownWords(Chunk chunk, Role role)
    {
        var known = chunk.Pieces.FindIndex(p => p.IsHead || p.Kind is WordKind.Subject or WordKind.Role);
        var last = chunk.Pieces.FindLastIndex(p => p.IsHead || p.Kind is WordKind.Subject or WordKind.Role);
        var whole = chunk.Head is { } head && Whole.Contains(head.Concept);
        var strong = whole || chunk.Subjects.Count > 0 && role.Level is RoleLevel.Individual;
        return chunk.Pieces.Select((p, i) => p.Kind != WordKind.Unknown ? 0
            : i < known && strong ? TitleWeights.UnknownBeforeStrongHead
            : i > last && whole ? TitleWeights.UnknownAfterWholeHead
            : TitleWeights.UnknownWord).Sum();
    }
}
