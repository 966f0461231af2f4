using Newsletter.Items;

namespace Newsletter.Digests;

/// <summary>
/// All readers of an edition in parallel lists, by ascending id: an id, the number of a profile, the number of a set of
/// seen items. Small enough for a million.
/// </summary>
internal sealed class Readers(IReadOnlySet<int> relevantRoles, IReadOnlyDictionary<int, IReadOnlyList<int>> rolesByLabel)
{
    private readonly Dictionary<Profile, int> numbers = new(ProfileComparer.Instance);
    private readonly List<Profile> profiles = [];

    public List<long> Ids { get; } = [];

    public List<int> Profiles { get; } = [];

    public List<int> Seen { get; } = [];

    public HashSet<long> Suppressed { get; } = [];

    public Profile ProfileOf(int number) => profiles[number];

    public void Add(Reader reader)
    {
        Ids.Add(reader.Id);
        Profiles.Add(NumberOf(ProfileOf(reader.LabelIds, reader.Depth)));
        Seen.Add(0);
        if (reader.IsSuppressed)
        {
            Suppressed.Add(reader.Id);
        }
    }

    /// <summary>A reader whose only labels wait for review has said something, so gets no leading items in place of fitting ones.</summary>
    public Profile ProfileOf(int[] labelIds, string? depth)
    {
        var roles = labelIds
            .SelectMany(label => rolesByLabel.TryGetValue(label, out var found) ? found : [])
            .Where(relevantRoles.Contains)
            .Order()
            .Distinct()
            .ToArray();
        return new Profile(roles, labelIds.Length > 0, depth is null ? null : Enum.Parse<Depth>(depth, ignoreCase: true));
    }

    private int NumberOf(Profile profile)
    {
        if (!numbers.TryGetValue(profile, out var number))
        {
            numbers[profile] = number = profiles.Count;
            profiles.Add(profile);
        }
        return number;
    }
}
