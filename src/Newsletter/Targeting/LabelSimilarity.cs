namespace Newsletter.Targeting;

/// <summary>
/// Labels that look alike: the share of three-letter groups two labels have in common, as pg_trgm counts it, in memory; for
/// an abbreviation first those whose words begin with its letters ("SA": software architect, security analyst).
/// </summary>
internal sealed class LabelSimilarity(Taxonomy taxonomy)
{
    private const double Least = 0.3;

    private readonly List<(HashSet<string> Trigrams, string Initials, bool IsName, IReadOnlyList<Role> Roles)> labels =
        [.. taxonomy.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (Trigrams(a.Key), string.Concat(Words(a.Key).Select(w => w[0])),
            a.Value.Count == 1 && RoleLabel.Normalise(a.Value[0].Name) == a.Key, a.Value))];

    /// <summary>Up to three roles with a label like this one, best first.</summary>
    public IEnumerable<Role> Nearest(string normal)
    {
        var wanted = Trigrams(normal);
        return labels
            .Select(l => (l.Roles, l.IsName, Share: normal.Length is > 1 and < 5 && l.Initials == normal ? 1 : Share(wanted, l.Trigrams)))
            .Where(l => l.Share >= Least)
            .OrderByDescending(l => l.Share)
            .ThenByDescending(l => l.IsName)
            .SelectMany(l => l.Roles)
            .Distinct()
            .Take(3);
    }

    private static double Share(HashSet<string> a, HashSet<string> b)
    {
        var common = a.Count(b.Contains);
        return (double)common / (a.Count + b.Count - common);
    }

    private static HashSet<string> Trigrams(string normal) =>
        [.. Words(normal)
            .Select(word => $"  {word} ")
            .SelectMany(word => Enumerable.Range(0, word.Length - 2).Select(i => word.Substring(i, 3)))];

    private static string[] Words(string normal) => normal.Split([' ', '/', '&'], StringSplitOptions.RemoveEmptyEntries);
}
