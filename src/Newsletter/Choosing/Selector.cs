using System.Numerics;
using System.Runtime.InteropServices;

namespace Newsletter.Choosing;

/// <summary>
/// Picks candidates for a profile: fitting ones that are not ruled out, most points first (<see cref="Scorer"/>). The reader's roles
/// take turns, and variety is limited. Deterministic: equal inputs give equal picks. Reuses its memory, so it is not thread-safe.
/// </summary>
internal sealed class Selector(CandidateIndex index, Overrides overrides, PlanInputs inputs)
{
    private readonly Scorer scorer = new(index, overrides, inputs.Choosing);
    private readonly List<CandidateScore> picks = [];
    private readonly List<int> rejected = [];

    /// <summary>By candidate: chosen, or why not; <see cref="SelectionOutcome.Unfit"/> for those not considered.</summary>
    private readonly SelectionOutcome[] outcomes = new SelectionOutcome[index.Candidates.Count];

    /// <summary>By role of the profile: its number of picks.</summary>
    private readonly int[] picksOf = new int[Profile.MostRoles];

    private readonly bool[] storyTaken = new bool[index.Stories.Count];
    private readonly int[] onTopic = new int[index.OnTopic.Length];
    private readonly int[] fromPublication = new int[index.Publications];

    /// <summary>The picks in the order of picking. Valid until the next call of <see cref="Choose"/>.</summary>
    public ReadOnlySpan<CandidateScore> Picks => CollectionsMarshal.AsSpan(picks);

    /// <summary>The score and outcome of a candidate for the last profile.</summary>
    public CandidateScore this[int candidate]
    {
        get
        {
            var score = scorer.FinalScoreOf(candidate);
            if (outcomes[candidate] != SelectionOutcome.Unfit)
            {
                score.Outcome = outcomes[candidate];
            }
            return score;
        }
    }

    /// <param name="had">Stories that the reader has seen, one bit each.</param>
    /// <param name="least">With fewer picks, a profile that widens gets items for nearby roles.</param>
    public void Choose(in Profile profile, ReadOnlySpan<ulong> had, int least)
    {
        Clear();
        scorer.Begin(profile, had);
        PickPinned();
        PickInTurns();
        if (picks.Count < least && profile.TooFew == TooFew.Widen && profile.HasRoles)
        {
            scorer.Widen(profile);
            PickInTurns();
        }
    }

    private void Clear()
    {
        foreach (ref readonly var pick in Picks)
        {
            storyTaken[index.Story[pick.Candidate]] = false;
            outcomes[pick.Candidate] = SelectionOutcome.Unfit;
            CountVariety(pick.Candidate, by: -1);
        }
        foreach (var candidate in rejected)
        {
            outcomes[candidate] = SelectionOutcome.Unfit;
        }
        picks.Clear();
        rejected.Clear();
        Array.Clear(picksOf);
    }

    /// <summary>Picks pinned items before all turns. Only the number of slots and the limit of one item per story apply.</summary>
    private void PickPinned()
    {
        if (overrides.IsEmpty)
        {
            return;
        }
        foreach (var key in scorer.Raised)
        {
            if (picks.Count == inputs.MaxItems)
            {
                return;
            }
            if (scorer.IsPinned(key.Candidate))
            {
                Settle(key.Candidate, storyTaken[index.Story[key.Candidate]] ? SelectionOutcome.SameStory : SelectionOutcome.Chosen);
            }
        }
    }

    private void PickInTurns()
    {
        while (picks.Count < inputs.MaxItems)
        {
            var next = NextInTurn();
            if (next == RankKey.None)
            {
                return;
            }
            Settle(next.Candidate, OutcomeOf(next.Candidate));
        }
    }

    /// <summary>
    /// The best candidate of the role whose turn it is: the role with the fewest picks; on a tie, the role whose best candidate ranks
    /// highest. A pick counts for every role that it fits.
    /// </summary>
    /// <returns><see cref="RankKey.None"/> if no role has a candidate left.</returns>
    private RankKey NextInTurn()
    {
        var (turn, best) = (-1, RankKey.None);
        for (var role = 0; role < scorer.Roles; role++)
        {
            if (turn >= 0 && picksOf[role] > picksOf[turn])
            {
                continue;
            }
            var key = scorer.BestLeft(role);
            if (key != RankKey.None && (turn < 0 || picksOf[role] < picksOf[turn] || key.IsAbove(best)))
            {
                (turn, best) = (role, key);
            }
        }
        return best;
    }

    private SelectionOutcome OutcomeOf(int candidate)
    {
        if (storyTaken[index.Story[candidate]])
        {
            return SelectionOutcome.SameStory;
        }
        if (index.Publication[candidate] is >= 0 and var publication && fromPublication[publication] >= inputs.Choosing.MaxPerPublication)
        {
            return SelectionOutcome.PublicationFull;
        }
        foreach (var topic in index.Topics[candidate])
        {
            if (onTopic[topic] >= inputs.Choosing.MaxPerTopic)
            {
                return SelectionOutcome.TopicFull;
            }
        }
        return SelectionOutcome.Chosen;
    }

    private void Settle(int candidate, SelectionOutcome outcome)
    {
        scorer.Close(candidate);
        outcomes[candidate] = outcome;
        if (outcome == SelectionOutcome.Chosen)
        {
            Pick(candidate);
        }
        else
        {
            rejected.Add(candidate);
        }
    }

    private void Pick(int candidate)
    {
        storyTaken[index.Story[candidate]] = true;
        CountVariety(candidate, by: 1);
        picks.Add(scorer.ScoreOf(candidate));
        for (var bits = picks[^1].Roles; bits != 0; bits &= bits - 1)
        {
            picksOf[BitOperations.TrailingZeroCount(bits)]++;
        }
    }

    private void CountVariety(int candidate, int by)
    {
        foreach (var topic in index.Topics[candidate])
        {
            onTopic[topic] += by;
        }
        if (index.Publication[candidate] is >= 0 and var publication)
        {
            fromPublication[publication] += by;
        }
    }
}
