using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>The editor's hand, laid out for choosing: which candidates are pinned, excluded or leading for which reader.</summary>
internal sealed class Overrides
{
    private readonly List<Move> moves = [];
    private readonly Dictionary<int, int> positions;

    public Overrides(PlanInputs inputs, CandidateIndex list, Taxonomy taxonomy)
    {
        var numbers = Enumerable.Range(0, list.Candidates.Count).ToDictionary(c => list.Candidates[c].ItemId);
        positions = inputs.Overrides.Where(s => s.Kind == OverrideKind.Order && numbers.ContainsKey(s.ItemId)).ToDictionary(s => numbers[s.ItemId], s => s.Position);
        foreach (var steer in inputs.Overrides.Where(s => s.Kind != OverrideKind.Order && numbers.ContainsKey(s.ItemId)))
        {
            moves.Add(new Move(numbers[steer.ItemId], steer.Kind, steer.RoleId is { } role
                ? taxonomy.Roles.Where(r => taxonomy.Fits(r.Id, role)).Select(r => r.Id).ToHashSet()
                : null));
        }
        // Pins first, since only what a reader may get can lead.
        moves.Sort((a, b) => string.CompareOrdinal(b.Deed, a.Deed));
    }

    public bool IsEmpty => moves.Count == 0;

    public bool Concerns(int role) => moves.Any(move => move.Concerned?.Contains(role) == true);

    /// <summary>Where the editor put it in the order, from 1; the last place of all for what was not put anywhere.</summary>
    public int PositionOf(int candidate) => positions.GetValueOrDefault(candidate, int.MaxValue);

    /// <summary>Calls for each move that concerns a reader with these roles.</summary>
    public void ForEach(ReadOnlySpan<int> roles, Action<int, string> move)
    {
        foreach (var (candidate, deed, concerned) in moves)
        {
            if (concerned is null || ContainsAny(concerned, roles))
            {
                move(candidate, deed);
            }
        }
    }

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

    /// <param name="Concerned">Ids of the roles whose readers it concerns; null for everybody.</param>
    private sealed record Move(int Candidate, string Deed, HashSet<int>? Concerned);
}
