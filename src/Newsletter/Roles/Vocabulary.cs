namespace Newsletter.Roles;

internal enum WordKind { Level, Job, Subject, Rank, Plain, Filler, Stop, Foreign, Past, Short, Separator, Unknown, Role }

/// <summary>One piece of a title: a word or a phrase, or the exact name of a role.</summary>
/// <param name="Guessed">A typo was corrected.</param>
internal sealed record Piece(WordKind Kind, string Concept, Role? Role = null, bool Guessed = false)
{
    public bool IsHead => Kind is WordKind.Level or WordKind.Job;
}

/// <summary><see cref="JobWords"/>, parsed for look-ups. Also recognises compounds ("Softwareentwickler") and typos. Thread-safe.</summary>
internal sealed class Vocabulary
{
    /// <summary>Words that are looked up together, at most.</summary>
    private const int LongestPhrase = 5;

    /// <summary>Letters of a word from which typos are corrected.</summary>
    private const int LeastToCorrect = 6;

    // The least letters of a compound, of its subject (with a linking s), and of its head.
    private const int LeastCompound = 10;
    private const int LeastSubject = 4;
    private const int LeastHead = 5;

    private readonly Dictionary<string, Piece> pieces = [];
    private readonly Dictionary<string, string> broader = [];
    private readonly Dictionary<string, string> whole = [];
    private readonly ILookup<char, string> spellings;

    public static readonly Vocabulary Words = new();

    private Vocabulary()
    {
        // A line that is indented continues the row before it.
        foreach (var line in JobWords.Table.Replace("\n    ", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (head, words) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            var names = head.Split([' ', '<'], StringSplitOptions.RemoveEmptyEntries);
            var piece = new Piece(Enum.Parse<WordKind>(names[0], ignoreCase: true), names[1]);
            if (names.Length > 2)
            {
                broader[names[1]] = names[2];
            }

            foreach (var word in words.Split(',').Select(RoleLabel.Words))
            {
                if (piece.Kind == WordKind.Short)
                {
                    whole[word[0]] = piece.Concept;
                }
                else
                {
                    pieces.TryAdd(string.Join(' ', Whole(word)), piece);
                }
            }
        }
        spellings = pieces.Keys.Where(w => w.Length >= LeastToCorrect && !w.Contains(' ')).ToLookup(w => w[0]);
    }

    /// <summary>The next broader concept: nlp → ml → ai; null if there is none. For a job, the one that may replace it.</summary>
    public string? Broader(string concept) => broader.GetValueOrDefault(concept);

    /// <summary>Expands abbreviations: "mgmt" is "management". The table must have them first, since all other rows are expanded too.</summary>
    public IReadOnlyList<string> Whole(IReadOnlyList<string> words) => [.. words.Select(word => whole.GetValueOrDefault(word, word))];

    public bool IsPast(string word) => pieces.GetValueOrDefault(word)?.Kind == WordKind.Past;

    public bool IsStop(string word) => pieces.GetValueOrDefault(word)?.Kind == WordKind.Stop;

    public bool IsRank(string word) => pieces.GetValueOrDefault(word)?.Kind == WordKind.Rank;

    public bool IsFiller(string word) =>
        pieces.GetValueOrDefault(word.ToLowerInvariant())?.Kind is WordKind.Filler or WordKind.Stop or WordKind.Rank or WordKind.Plain;

    /// <summary>Divides words into pieces, longest phrase first.</summary>
    /// <param name="names">Phrases that are a role by themselves.</param>
    public List<Piece> Read(IReadOnlyList<string> words, IReadOnlyDictionary<string, Role> names)
    {
        var read = new List<Piece>();
        for (var at = 0; at < words.Count;)
        {
            var length = Math.Min(LongestPhrase, words.Count - at);
            Piece? found = null;
            for (; length > 0 && found is null; length--)
            {
                var phrase = length == 1 ? words[at] : string.Join(' ', words.Skip(at).Take(length));
                found = names.TryGetValue(phrase, out var role) ? new(WordKind.Role, role.Slug, role) : pieces.GetValueOrDefault(phrase);
            }
            if (found is not null)
            {
                read.Add(found);
            }
            else if (RoleLabel.IsSeparator(words[at]))
            {
                read.Add(new(WordKind.Separator, words[at]));
            }
            else
            {
                read.AddRange(Compound(words[at]) ?? [Guess(words[at])]);
            }

            at += found is null ? 1 : length + 1;
        }
        return read;
    }

    private Piece[]? Compound(string word)
    {
        for (var cut = word.Length - LeastHead; cut >= LeastSubject && word.Length >= LeastCompound; cut--)
        {
            if (pieces.TryGetValue(word[cut..], out var head) && head.IsHead
                && (pieces.TryGetValue(word[..cut], out var about) || word[cut - 1] == 's' && pieces.TryGetValue(word[..(cut - 1)], out about))
                && about.Kind == WordKind.Subject)
            {
                return [about, head];
            }
        }

        return null;
    }

    /// <summary>
    /// Corrects a typo: a letter too many, one too few, or two neighbours swapped. Replaced letters are not corrected: "waiter" would
    /// become "writer", and "inventor" "investor".
    /// </summary>
    private Piece Guess(string word)
    {
        var near = word.Length < LeastToCorrect ? null : spellings[word[0]].FirstOrDefault(known => IsSlip(word, known));
        return near is null ? new(WordKind.Unknown, word) : pieces[near] with { Guessed = true };
    }

    private static bool IsSlip(string a, string b)
    {
        var from = 0;
        while (from < a.Length && from < b.Length && a[from] == b[from])
        {
            from++;
        }

        return (a.Length - b.Length) switch
        {
            1 => a.AsSpan(from + 1).SequenceEqual(b.AsSpan(from)),
            -1 => b.AsSpan(from + 1).SequenceEqual(a.AsSpan(from)),
            0 => from + 1 < a.Length && a[from] == b[from + 1] && a[from + 1] == b[from]
                && a.AsSpan(from + 2).SequenceEqual(b.AsSpan(from + 2)),
            _ => false,
        };
    }
}
