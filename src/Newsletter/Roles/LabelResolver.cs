namespace Newsletter.Roles;

/// <summary>
/// Resolves a role label or a job title to roles of a taxonomy: first by exact match, then by its words (<see cref="JobWords"/>). It prefers no
/// answer to a wrong one: a title of another field, a title no longer held, and a title with words that could change its meaning resolve to no
/// role. Pure and thread-safe.
/// </summary>
public sealed class LabelResolver
{
    /// <summary>Below this confidence, no role is returned.</summary>
    public const double Confident = TitleWeights.Confident;

    /// <summary>In words and separators. No real title has so many, and the time to parse a title grows faster than its length.</summary>
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

    /// <summary>Resolves one label.</summary>
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

    /// <summary>Resolves the slug of a role or, if there is no such role, a label.</summary>
    /// <exception cref="Refusal">As <see cref="Resolve"/>.</exception>
    public Resolution ResolveSlugOrLabel(string text) => taxonomy.Find(text) is { } role ? new(text, [role], 1, []) : Resolve(text);

    /// <summary>The roles only. For a label that cannot be resolved this takes a fraction of the time, because it computes no suggestions.</summary>
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
    /// The exact meaning of a label, also with rank words before or after it: "Senior Chief of Staff", "Software Engineering Intern". Rank words
    /// are removed one by one, from the front first, because some are part of a label: "Senior Group Product Manager".
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

        // "Director, Platform Engineering": a head without a meaning of its own is combined with the next part.
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
                // A team, a place, an industry or a tool. It may make the role narrower: "Software Engineer, Machine Learning".
                if (!reading.HasHead)
                {
                    roles[^1] = index.Refine(roles[^1], reading.Subjects);
                }

                aside += TitleWeights.UnknownAside * reading.Unknown + (reading.HasHead ? TitleWeights.HeadAside : 0);
            }
        }
        return (roles, core.Doubt + Math.Min(TitleWeights.MostAside, aside) + (cutShort ? TitleWeights.CutShort : 0), foreign);
    }

    /// <summary>
    /// Splits the words at commas, dashes, colons and brackets. Words after "at" or "@" and past positions are not part of the title.
    /// </summary>
    private static (List<IReadOnlyList<string>> Parts, bool CutShort) Parts(IReadOnlyList<string> words)
    {
        var parts = new List<IReadOnlyList<string>>();
        var part = new List<string>();
        var (cutShort, isPast) = (false, false);
        foreach (var word in words.Append(","))
        {
            if (word is "@" || Vocabulary.Words.IsStop(word))
            {
                // "with Acme, San Francisco": nothing after it describes the job.
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
                // "Data Scientist, ex-Google": a past position, up to the end of this part.
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
    /// The label that a key takeaway addresses: "AI/ML Directors" in "For AI/ML Directors evaluating strategy, …". It is the longest run of at
    /// most ten words after "For" that resolves with full confidence; null when there is none.
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
        // The label ends with its clause at the latest.
        var end = words.FindIndex(w => w.TrimEnd('.', ')').Length > 4 && w[^1] is '.' || w[^1] is ',' or ';' or ':' or '!' or '?' or '—' or '–');
        for (var count = end < 0 ? words.Count : end + 1; count > 0; count--)
        {
            var text = string.Join(' ', words.Take(count)).TrimEnd(',', ';', ':', '!', '?', '—', '–', ' ');
            // A text that is too long in its normal form is not a label, however short it was written.
            if (!Vocabulary.Words.IsFiller(words[count - 1]) && RoleLabel.CleanOrNull(text) is not null
                && Resolve(text) is { Confidence: 1, Roles.Count: > 0 })
            {
                return text;
            }
        }
        return null;
    }
}
