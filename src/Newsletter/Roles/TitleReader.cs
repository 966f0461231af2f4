namespace Newsletter.Roles;

/// <summary>What one part of a title says.</summary>
/// <param name="Roles">Roles found, in order.</param>
/// <param name="Subjects">Subjects that belong to no head: they may narrow a role named before.</param>
/// <param name="Doubt">0 when every word was understood; each word that was not adds to it.</param>
/// <param name="HasHead">Whether it names an occupation or a level at all.</param>
/// <param name="IsForeign">Whether a word belongs to another field: nothing may be claimed.</param>
/// <param name="Unknown">Words not understood.</param>
internal sealed record Reading(List<Role> Roles, List<string> Subjects, double Doubt, bool HasHead, bool IsForeign, int Unknown);

/// <summary>
/// Reads one part of a title, the words between commas, dashes or brackets. It may coordinate: "VP of Engineering/Data"
/// lends its head forward, "AI and Data Engineers" backward, "AI/ML Engineers and Researchers" its subject.
/// </summary>
internal sealed class TitleReader(RoleIndex index)
{
    /// <summary>Heads that name the whole role by themselves, whatever comes before: an "immigration lawyer" is a lawyer.</summary>
    private static readonly HashSet<string> Whole =
        ["journalist", "lawyer", "professor", "student", "recruiter", "investor", "founder", "editor", "accountant", "marketer"];

    /// <summary>Who writes about another field, teaches or defends it is still what they are: a "sports editor", not a "film editor".</summary>
    private static readonly HashSet<string> OnAnyField = ["journalist", "lawyer", "professor", "editor"];

    /// <summary>Heads that name a role by themselves, if only understood words are with them.</summary>
    private static readonly HashSet<string> Alone = [.. Whole, "researcher", "scientist", "designer", "consultant", "teacher"];

    private sealed class Chunk
    {
        public List<Piece> Pieces { get; } = [];
        public Piece? Head { get; set; }
        public List<string> Subjects { get; set; } = [];
        public List<Role> Named { get; } = [];
        public bool HeadFirst { get; set; }
        public double Doubt { get; set; }
    }

    public Reading Read(IReadOnlyList<string> words)
    {
        var pieces = Vocabulary.Words.Read(Spelt(words), index.Names);
        // "Operations Associate": a rank before a head, and without one a head itself.
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
        var doubt = chunks.Sum(c => c.Doubt) + 0.1 * pieces.Count(p => p.Guessed);
        for (var i = 0; i < chunks.Count; i++)
        {
            var chunk = chunks[i];
            var found = Resolve(chunks, i);
            if (found.Count > 0)
            {
                roles.AddRange(found.Where(r => !roles.Contains(r)));
                doubt += Unknowns(chunk, found[0]);
                continue;
            }
            doubt += 0.5 * chunk.Pieces.Count(p => p.Kind == WordKind.Unknown);
            left.AddRange(chunk.Subjects);
            if (chunk.Head is not null)
            {
                // "EVP & Chief Technology Officer": beside a chief it is only a rank.
                doubt += chunk is { Head.Concept: "vp", Subjects.Count: 0 } && chunks.Exists(IsChief) ? 0 : 0.5;
            }
            // A subject beside a role, without a head of its own: "CTO and data".
            else if (chunk.Subjects.Count > 0 && chunks.Count > 1)
            {
                doubt += 0.1;
            }
        }
        return new(roles, left, doubt, pieces.Any(p => p.IsHead || p.Kind == WordKind.Role),
            chunks.Exists(IsForeign), pieces.Count(p => p.Kind == WordKind.Unknown));
    }

    /// <summary>"ML Eng" is an engineer, and "VP Eng" and "Eng Manager" are about engineering.</summary>
    private static IReadOnlyList<string> Spelt(IReadOnlyList<string> written)
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
        // "Head of SRE", "Lead SRE": a role's name after a director is a subject; after "lead" the lead is only a rank.
        var level = pieces.FindIndex(p => p.Kind == WordKind.Level && p.Concept is not ("lead" or "chief"));
        var heads = pieces.Where(p => p.IsHead).ToList();
        // "SVP, Chief Data Officer", "EVP CTO": before a chief the level is only a rank.
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
        // Two heads side by side ("Student Teacher", "Engineer Recruiter"): the last one says what it is, but who knows.
        if (heads.Count + chunk.Named.Count > 1 && heads.Count > 0 && !heads.All(h => h.Concept == "founder"))
        {
            chunk.Doubt += 0.25;
        }

        chunk.Head = heads.LastOrDefault();
        chunk.HeadFirst = chunk.Head is not null
            && pieces.IndexOf(chunk.Head) < pieces.FindIndex(p => p.Kind is WordKind.Subject or WordKind.Role);
    }

    private List<Role> Resolve(List<Chunk> chunks, int at)
    {
        var chunk = chunks[at];
        var before = at > 0 ? chunks[at - 1] : null;
        var after = at + 1 < chunks.Count ? chunks[at + 1] : null;
        if (chunk.Named.Count > 0)
        {
            var named = chunk.Named.Select(r => index.Refine(r, chunk.Subjects)).ToList();
            if (chunk.Head is { } beside && index.Bare(beside.Concept) is { } also)
            {
                named.Add(also);
            }

            return named;
        }

        if (chunk.Head is null)
        {
            if (chunk.Subjects.Count == 0)
            {
                return [];
            }
            // The head comes from before ("VP of Engineering/Data", over any number of parts), or from after ("AI and Data Engineers").
            var lender = chunks.Take(at).LastOrDefault(c => c.Head is not null);
            if (lender is { HeadFirst: false } or null)
            {
                lender = chunks.Skip(at + 1).FirstOrDefault(c => c.Head is not null && c.Subjects.Count > 0 && !c.HeadFirst);
            }

            // A role's name lends the occupation it stands for: "DevOps/SRE" has two kinds of engineers. But "DS/ML" is no
            // scientist of machine learning.
            var lent = lender?.Head?.Concept ?? chunks.SelectMany(c => c.Named).Where(r => r.Level == RoleLevel.Individual)
                .Select(r => index.Meanings(r).FirstOrDefault().Head).FirstOrDefault(head => head is not (null or "manager" or "lead" or "owner" or "scientist" or "researcher"));
            return lent is not null && index.Find(lent, chunk.Subjects) is { } role ? [role] : [];
        }

        var head = chunk.Head.Concept;
        if (chunk.Subjects.Count > 0)
        {
            if (index.Find(head, chunk.Subjects) is { } found)
            {
                return [index.Refine(found, chunk.Subjects)];
            }

            if (!Alone.Contains(head) || index.Bare(head) is not { } bare)
            {
                return [];
            }

            chunk.Doubt += 0.1;
            return [index.Refine(bare, chunk.Subjects)];
        }
        // "AI Engineers and Researchers"; "Directors and VPs of Engineering".
        if (before is { HeadFirst: false, Subjects.Count: > 0, Head: not null } && index.Find(head, before.Subjects) is { } shared)
        {
            return [shared];
        }

        if (index.Bare(head) is { } alone)
        {
            return [alone];
        }

        return after is { HeadFirst: true, Subjects.Count: > 0 } && !IsChief(after) && chunk.Head.Kind == WordKind.Level
            && index.Find(head, after.Subjects) is { } ahead ? [ahead] : [];
    }

    /// <summary>What the unknown words of a resolved chunk cost, by what they could change.</summary>
    private static double Unknowns(Chunk chunk, Role role)
    {
        var known = chunk.Pieces.FindIndex(p => p.IsHead || p.Kind is WordKind.Subject or WordKind.Role);
        var last = chunk.Pieces.FindLastIndex(p => p.IsHead || p.Kind is WordKind.Subject or WordKind.Role);
        var whole = chunk.Head is { } head && Whole.Contains(head.Concept);
        var strong = whole || chunk.Subjects.Count > 0 && role.Level is RoleLevel.Individual;
        return chunk.Pieces.Select((p, i) => p.Kind != WordKind.Unknown ? 0
            : i < known && strong ? 0.15
            : i > last && whole ? 0.1
            : 0.5).Sum();
    }
}
