namespace Newsletter.Roles;

/// <summary>
/// Labels that look alike: the share of three-letter groups two labels have in common, as pg_trgm counts it, in memory; for
/// an abbreviation first those whose words begin with its letters ("SA": software architect, security analyst).
/// </summary>
internal sealed class LabelSimilarity
{
    private const double Least = 0.3;

    private readonly List<(int Trigrams, string Initials, bool IsName, IReadOnlyList<Role> Roles)> labels = [];

    /// <summary>Trigram → labels that contain it: most labels have none in common with a text, and need no count.</summary>
    private readonly Dictionary<string, List<int>> byTrigram = [];

    public LabelSimilarity(Taxonomy taxonomy)
    {
        foreach (var (normal, roles) in taxonomy.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            var trigrams = Trigrams(normal);
            foreach (var trigram in trigrams)
            {
                if (!byTrigram.TryGetValue(trigram, out var having))
                {
                    byTrigram[trigram] = having = [];
                }
                having.Add(labels.Count);
            }
            var initials = string.Concat(Words(normal).Select(w => w[0]));
            labels.Add((trigrams.Count, initials, roles.Count == 1 && RoleLabel.Normalise(roles[0].Name) == normal, roles));
        }
    }

    /// <summary>Up to three roles with a label like this one, best first.</summary>
    public IEnumerable<Role> Nearest(string normal)
    {
        var wanted = Trigrams(normal);
        var common = new int[labels.Count];
        foreach (var trigram in wanted)
        {
            foreach (var label in byTrigram.GetValueOrDefault(trigram) ?? [])
            {
                common[label]++;
            }
        }
        return labels
            .Select((l, i) => (l.Roles, l.IsName, Share: normal.Length is > 1 and < 5 && l.Initials == normal ? 1
                : (double)common[i] / (wanted.Count + l.Trigrams - common[i])))
            .Where(l => l.Share >= Least)
            .OrderByDescending(l => l.Share)
            .ThenByDescending(l => l.IsName)
            .SelectMany(l => l.Roles)
            .Distinct()
            .Take(3);
    }

    private static HashSet<string> Trigrams(string normal) =>
        [.. Words(normal)
            .Select(word => $"  {word} ")
            .SelectMany(word => Enumerable.Range(0, word.Length - 2).Select(i => word.Substring(i, 3)))];

    private static string[] Words(string normal) => normal.Split([' ', '/', '&'], StringSplitOptions.RemoveEmptyEntries);
}
