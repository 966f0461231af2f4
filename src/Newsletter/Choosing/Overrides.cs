using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>The editor's overrides, indexed for choosing: which candidates are pinned, excluded or leading for which reader.</summary>
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
        // Pins first: only an item that the reader may get can lead.
        entries.Sort((a, b) => string.CompareOrdinal(b.Kind, a.Kind));
    }

    /// <summary>Whether there are none, except for the order.</summary>
    public bool IsEmpty => entries.Count == 0;

    /// <summary>Whether an override is for readers of this role, and not for all.</summary>
    public bool Concerns(int role) => entries.Exists(entry => entry.Concerned?.Contains(role) == true);

    /// <summary>Where the editor put it in the order, from 1; <see cref="int.MaxValue"/> for what has no place there.</summary>
    public int PositionOf(int candidate) => positions.GetValueOrDefault(candidate, int.MaxValue);

    /// <summary>Applies, pins first, each override that concerns a reader with these roles.</summary>
    /// <param name="apply">Gets the candidate and the <see cref="OverrideKind"/>.</param>
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

    /// <param name="Concerned">Ids of the roles whose readers it concerns; null for all readers.</param>
    private sealed record Entry(int Candidate, string Kind, HashSet<int>? Concerned);
}
