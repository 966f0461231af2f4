namespace Newsletter.Digests;

/// <summary>
/// Which candidates each reader has had. Equal sets are one object with one number, so a million readers with a few
/// histories cost a number each.
/// </summary>
internal sealed class SeenItems
{
    private readonly List<IReadOnlySet<long>> sets = [new HashSet<long>()];
    private readonly Dictionary<string, int> numbers = new() { [""] = 0 };
    private readonly Dictionary<(int, int), int> unions = [];

    /// <summary>Nothing seen is number 0.</summary>
    public IReadOnlySet<long> this[int number] => sets[number];

    public int NumberOf(IEnumerable<long> items)
    {
        var sorted = items.Distinct().Order().ToList();
        var key = string.Join(',', sorted);
        if (!numbers.TryGetValue(key, out var number))
        {
            numbers[key] = number = sets.Count;
            sets.Add(sorted.ToHashSet());
        }
        return number;
    }

    public int Union(int a, int b)
    {
        if (a == 0 || a == b)
        {
            return b;
        }
        if (!unions.TryGetValue((a, b), out var union))
        {
            unions[(a, b)] = union = NumberOf(sets[a].Concat(sets[b]));
        }
        return union;
    }
}
