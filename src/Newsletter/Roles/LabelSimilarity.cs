namespace Newsletter.Roles;

/// <summary>
/// Finds similar labels, in memory, by the share of common trigrams (three-letter groups), counted as pg_trgm does. For an abbreviation,
/// labels whose words begin with its letters come first ("SA": software architect, security analyst).
/// </summary>
internal sealed class LabelSimilarity
{
    private const int MostSuggestions = 3;

    private readonly List<(int Trigrams, string Initials, bool IsName, IReadOnlyList<Role> Roles)> labels = [];

    /// <summary>Trigram → labels that contain it: only labels with a common trigram are counted, and most have none.</summary>
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

    /// <summary>Roles with a similar label, most similar first.</summary>
    /// <param name="normal">A label in its normal form.</param>
    /// <returns>Up to <see cref="MostSuggestions"/>.</returns>
    public IEnumerable<Role> Nearest(string normal)
    {
        var wanted = Trigrams(normal);
        var isAbbreviation = normal.Length is > 1 and < 5;
        var common = new int[labels.Count];
        foreach (var trigram in wanted)
        {
            foreach (var label in byTrigram.GetValueOrDefault(trigram) ?? [])
            {
                common[label]++;
            }
        }
        return labels
            .Select((l, i) => (l.Roles, l.IsName, Share: isAbbreviation && l.Initials == normal ? 1
                : (double)common[i] / (wanted.Count + l.Trigrams - common[i])))
            .Where(l => l.Share >= TitleWeights.LeastSimilarity)
            .OrderByDescending(l => l.Share)
            .ThenByDescending(l => l.IsName)
            .SelectMany(l => l.Roles)
            .Distinct()
            .Take(MostSuggestions);
    }

    private static HashSet<string> Trigrams(string normal) =>
        [.. Words(normal)
            .Select(word => $"  {word} ")
            .SelectMany(word => Enumerable.Range(0, word.Length - 2).Select(i => word.Substring(i, 3)))];

    private static string[] Words(string normal) => normal.Split([' ', '/', '&'], StringSplitOptions.RemoveEmptyEntries);
}
