namespace Newsletter.Roles;

/// <summary>
/// Understands what a role label or a job title means, over a taxonomy: a label known exactly first, then by its words
/// (<see cref="JobWords"/>). Says nothing rather than something wrong: a title of another field, one no longer held, or
/// one with words that could change its meaning resolves to no role. Pure, and safe to share between threads.
/// </summary>
public sealed class LabelResolver
{
    /// <summary>Below this, no role is claimed.</summary>
    public const double Confident = TitleWeights.Confident;

    /// <summary>Counted with the separators. No real title has so many, and the time to read a title grows faster than its length.</summary>
    private const int MostWords = 60;

    private readonly Taxonomy taxonomy;
    private readonly RoleIndex index;
    private readonly TitleReader reader;
    private readonly Lazy<LabelSimilarity> similar;

    public LabelResolver(Taxonomy taxonomy)
    {
        this.taxonomy = taxonomy;
        index = new(taxonomy);
        reader = new(index);
        similar = new(() => new(taxonomy));
    }

    public Taxonomy Taxonomy => taxonomy;

    /// <summary>Understands one label.</summary>
    /// <exception cref="Refusal">Invalid when the label is longer than <see cref="RoleLabel.MaxLength"/>.</exception>
    public Resolution Resolve(string label)
    {
        if (RoleLabel.NormalOrNull(label) is not { } normal)
        {
            return new(label, [], 0, []);
        }

        var (roles, confidence, foreign) = Understand(label, normal);
        return confidence >= Confident
            ? new(label, roles, confidence, [])
            : new(label, [], confidence, [.. (foreign ? [] : roles).Concat(similar.Value.Nearest(normal)).Distinct().Take(3)]);
    }

    /// <summary>Understands a role's slug, or else a label.</summary>
    /// <exception cref="Refusal">As <see cref="Resolve"/>.</exception>
    public Resolution ResolveSlugOrLabel(string text) => taxonomy.Find(text) is { } role ? new(text, [role], 1, []) : Resolve(text);

    /// <summary>The roles alone. What nobody understands takes a fraction of the time: there is nothing to suggest.</summary>
    /// <exception cref="Refusal">As <see cref="Resolve"/>.</exception>
    public IReadOnlyList<Role> RolesOf(string label) =>
        RoleLabel.NormalOrNull(label) is { } normal && Understand(label, normal) is { Confidence: >= Confident } understood ? understood.Roles : [];

    private (IReadOnlyList<Role> Roles, double Confidence, bool IsForeign) Understand(string label, string normal)
    {
        if (Known(normal) is { } known)
        {
            return (known, 1, false);
        }

        var (roles, doubt, foreign) = Read(label);
        return (roles, roles.Count == 0 || foreign ? 0 : Math.Round(Math.Max(0, 1 - doubt), 2), foreign);
    }

    /// <summary>
    /// What an exact label means, also with ranks before or behind it: "Senior Chief of Staff", "Software Engineering Intern".
    /// They are given up one by one, from the front first, since some belong to a label: "Senior Group Product Manager".
    /// </summary>
    private IReadOnlyList<Role>? Known(string normal)
    {
        var words = normal.Split(' ').AsSpan();
        while (words.Length > 0)
        {
            if (taxonomy.Aliases.TryGetValue(string.Join(' ', words), out var known))
            {
                return known;
            }

            if (Vocabulary.Words.IsRank(words[0]))
            {
                words = words[1..];
            }
            else if (Vocabulary.Words.IsRank(words[^1]))
            {
                words = words[..^1];
            }
            else
            {
                return null;
            }
        }
        return null;
    }

    private (List<Role> Roles, double Doubt, bool IsForeign) Read(string label)
    {
        var words = RoleLabel.Words(label);
        var (parts, cutShort) = words.Count > MostWords ? ([], false) : Parts(words);
        if (parts.Count == 0)
        {
            return ([], TitleWeights.Nothing, false);
        }

        // "Director, Platform Engineering": a head that says nothing by itself takes in the next part.
        var core = reader.Read(parts[0]);
        var next = 1;
        for (var head = parts[0]; core.Roles.Count == 0 && !core.IsForeign && next < parts.Count; next++)
        {
            core = reader.Read(head = [.. head, .. parts[next]]);
        }

        if (core.Roles.Count == 0 || core.IsForeign)
        {
            return (core.Roles, TitleWeights.Nothing, core.IsForeign);
        }

        var roles = core.Roles;
        if (core.Subjects.Count > 0)
        {
            roles[^1] = index.Refine(roles[^1], core.Subjects);
        }

        var (aside, foreign) = (0.0, false);
        foreach (var part in parts.Skip(next))
        {
            var reading = reader.Read(part);
            if (reading.IsForeign)
            {
                foreign = true;
            }
            else if (reading.HasHead && reading.Roles.Count > 0 && reading.Doubt < 1 - Confident)
            {
                roles.AddRange(reading.Roles.Where(r => !roles.Contains(r)));
                aside += reading.Doubt;
            }
            else
            {
                // A team, a place, an industry, a tool: "Software Engineer, Machine Learning" is narrower for it.
                if (!reading.HasHead)
                {
                    roles[^1] = index.Refine(roles[^1], reading.Subjects);
                }

                aside += TitleWeights.UnknownAside * reading.Unknown + (reading.HasHead ? TitleWeights.HeadAside : 0);
            }
        }
        return (roles, core.Doubt + Math.Min(TitleWeights.MostAside, aside) + (cutShort ? TitleWeights.CutShort : 0), foreign);
    }

    /// <summary>The words between commas, dashes, colons and brackets; what follows "at" or "@" is no part of the title, nor what was held once.</summary>
    private static (List<IReadOnlyList<string>> Parts, bool CutShort) Parts(IReadOnlyList<string> words)
    {
        var parts = new List<IReadOnlyList<string>>();
        var part = new List<string>();
        var (cutShort, isPast) = (false, false);
        foreach (var word in words.Append(","))
        {
            if (word is "@" || Vocabulary.Words.IsStop(word))
            {
                // "with Acme, San Francisco": nothing after it says what the person does.
                cutShort = true;
                break;
            }
            if (word is "," or "-" or ":" or "(" or ")")
            {
                Close();
                isPast = false;
            }
            else if (isPast |= Vocabulary.Words.IsPast(word))
            {
                // "Data Scientist, ex-Google": once, to the end of this part.
                Close();
            }
            else
            {
                part.Add(word);
            }
        }
        Close();
        return (parts, cutShort);

        void Close()
        {
            if (part.Any(w => !RoleLabel.IsSeparator(w)))
            {
                parts.Add(part);
            }

            part = [];
        }
    }

    /// <summary>
    /// The label a key takeaway is addressed to: of "For AI/ML Directors evaluating strategy, …" the text "AI/ML Directors",
    /// the longest run of at most ten words after "For" that is understood whole. Null when there is none.
    /// </summary>
    public string? AddressedTo(string keyTakeaway)
    {
        var start = keyTakeaway.Length - keyTakeaway.AsSpan().TrimStart().Length;
        if (!keyTakeaway.AsSpan(start).StartsWith("for ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var words = keyTakeaway[(start + 4)..Math.Min(keyTakeaway.Length, start + 4 + RoleLabel.MaxLength)]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(10).ToList();
        // The address ends with its clause.
        var end = words.FindIndex(w => w.TrimEnd('.', ')').Length > 4 && w[^1] is '.' || w[^1] is ',' or ';' or ':' or '!' or '?' or '—' or '–');
        for (var count = end < 0 ? words.Count : end + 1; count > 0; count--)
        {
            var text = string.Join(' ', words.Take(count)).TrimEnd(',', ';', ':', '!', '?', '—', '–', ' ');
            // What is too long for a label in its normal form is none, however short it was written.
            if (!Vocabulary.Words.IsFiller(words[count - 1]) && RoleLabel.CleanOrNull(text) is not null
                && Resolve(text) is { Confidence: 1, Roles.Count: > 0 })
            {
                return text;
            }
        }
        return null;
    }
}
