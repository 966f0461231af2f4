using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Newsletter.Items;
using Newsletter.Targeting;

namespace Newsletter.Digests;

/// <summary>
/// Gives a number to each way in which an item is chosen. Reasons are put into words once for each, not once per person.
/// </summary>
internal sealed class ChoiceBook(Shortlist list, Taxonomy taxonomy)
{
    private readonly Dictionary<int, Role> roles = taxonomy.Roles.ToDictionary(role => role.Id);
    private readonly List<Choice> choices = [];
    private readonly Dictionary<int[], int> numbers = new(Equality.Instance);

    public IReadOnlyList<Choice> Choices => choices;

    /// <returns>From 1.</returns>
    public int NumberOf(int candidate, in Standing standing, in Profile profile, Depth depth)
    {
        Span<int> key = stackalloc int[3 + Profile.MostRoles + list.Topics[candidate].Length];
        key[0] = candidate;
        key[1] = (int)depth | (standing.IsPinned ? 8 : 0) | (standing.IsLead ? 16 : 0) | (standing.IsNear ? 32 : 0) | (profile.HasRoles ? 64 : 0);
        // The best role first: the others are named after it.
        var length = 3;
        if (standing.Roles != 0)
        {
            key[length++] = profile.Roles[standing.Role];
            for (var i = 0; i < profile.Roles.Length; i++)
            {
                if (i != standing.Role && (standing.Roles & (1UL << i)) != 0)
                {
                    key[length++] = profile.Roles[i];
                }
            }
        }
        key[2] = length;
        foreach (var topic in list.Topics[candidate])
        {
            if (profile.Topics.BinarySearch(topic) >= 0)
            {
                key[length++] = topic;
            }
        }
        key = key[..length];
        var lookup = numbers.GetAlternateLookup<ReadOnlySpan<int>>();
        if (!lookup.TryGetValue(key, out var number))
        {
            number = choices.Count + 1;
            lookup[key] = number;
            choices.Add(Made(number, key, standing, profile.HasRoles, depth));
        }
        return number;
    }

    private Choice Made(int number, ReadOnlySpan<int> key, in Standing standing, bool hasRoles, Depth depth)
    {
        var candidate = list.Candidates[key[0]];
        var mine = key[3..key[2]].ToArray();
        var reasons = new List<Reason>();
        if (standing.IsLead)
        {
            reasons.Add(Reason.Lead);
        }
        if (standing.IsPinned)
        {
            reasons.Add(Reason.Pick);
        }
        if (!hasRoles)
        {
            reasons.Add(Reason.Leading);
        }
        foreach (var role in mine)
        {
            reasons.Add(Why(roles[role], list.ClosestOf(role, key[0])));
        }
        foreach (var topic in key[key[2]..])
        {
            var name = candidate.Topics.First(t => list.TopicOf(t) == topic).Trim();
            reasons.Add(new Reason("topic", $"topic followed: {name}", name));
        }
        return new Choice(number, candidate.ItemId, candidate.RevisionId, depth, reasons)
        {
            Section = mine.Length == 0 ? null : roles[mine[0]].Name,
            RoleIds = mine,
        };
    }

    private Reason Why(Role mine, CandidateRole closest) => taxonomy.FitOf(mine.Id, closest.RoleId) switch
    {
        Fit.Same => new Reason("role", $"role: {mine.Name} = \"{closest.Label}\" in Best for", mine.Name),
        Fit.None => new Reason("near", $"close to your role: {mine.Name} – {roles[closest.RoleId].Name} = \"{closest.Label}\" in Best for"),
        _ => new Reason("form", $"role: {mine.Name} – {roles[closest.RoleId].Name} = \"{closest.Label}\" in Best for", mine.Name),
    };

    private sealed class Equality : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
    {
        public static readonly Equality Instance = new();

        public bool Equals(int[]? a, int[]? b) => a.AsSpan().SequenceEqual(b);

        public bool Equals(ReadOnlySpan<int> a, int[] b) => a.SequenceEqual(b);

        public int GetHashCode([DisallowNull] int[] key) => GetHashCode(key.AsSpan());

        public int GetHashCode(ReadOnlySpan<int> key) => (int)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key));

        public int[] Create(ReadOnlySpan<int> key) => key.ToArray();
    }
}
