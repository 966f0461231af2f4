using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>The editor's overrides, indexed for choosing: which candidates are pinned, excluded or leading for which readers.</summary>
internal sealed class Overrides
{
    private readonly List<Entry> entries = [];
    private readonly Dictionary<int, int> positions;

    public Overrides(PlanInputs inputs, CandidateIndex index, Taxonomy taxonomy)
    {
        var numbers = Enumerable.Range(0, index.Candidates.Count).ToDictionary(c => index.Candidates[c].ItemId);
        var known = inputs.Overrides.Where(o => numbers.ContainsKey(o.ItemId)).ToLookup(o => o.Kind == OverrideKind.Order);
        positions = known[true].ToDictionary(o => numbers[o.ItemId], o => o.Position);
        entries.AddRange(known[false].Select(o => new Entry(numbers[o.ItemId], o.Kind, o.RoleId is { } role ? FormsOf(role, taxonomy) : null)));
        // Pins first: an item can lead only if the reader may get it.
        entries.Sort((a, b) => string.CompareOrdinal(b.Kind, a.Kind));
    }

    /// <summary>Whether there are no overrides except the order.</summary>
    public bool IsEmpty => entries.Count == 0;

    /// <summary>Whether an override is limited to readers of this role or others.</summary>
    public bool Concerns(int role) => entries.Exists(entry => entry.Concerned?.Contains(role) == true);

    /// <summary>The position in the editor's order, from 1; <see cref="int.MaxValue"/> if it has none.</summary>
    public int PositionOf(int candidate) => positions.GetValueOrDefault(candidate, int.MaxValue);

    /// <summary>Applies each override that concerns a reader with these roles, pins first.</summary>
    /// <param name="apply">Receives the candidate and the <see cref="OverrideKind"/>.</param>
    public void ForEach(ReadOnlySpan<int> roles, Action<int, string> apply)
    {
        foreach (var (candidate, kind, concerned) in entries)
        {
            if (concerned is null || ContainsAny(concerned, roles))
            {
                apply(candidate, kind);
            }
        }
    }

    private static HashSet<int> FormsOf(int role, Taxonomy taxonomy) =>
        [.. taxonomy.Roles.Where(other => taxonomy.Fits(other.Id, role)).Select(other => other.Id)];

    private static bool ContainsAny(HashSet<int> concerned, ReadOnlySpan<int> roles)
    {
        foreach (var role in roles)
        {
            if (concerned.Contains(role))
            {
                return true;
            }
        }
        return false;
    }

    /// <param name="Concerned">Ids of the roles that the override is limited to; null for all readers.</param>
    private sealed record Entry(int Candidate, string Kind, HashSet<int>? Concerned);
}
