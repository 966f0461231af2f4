using System.Numerics;
using System.Runtime.InteropServices;

namespace Newsletter.Choosing;

/// <summary>
/// Picks candidates for a profile: what fits and is not ruled out, most points first (<see cref="Scorer"/>), each role of
/// the reader in turn, within the limits of variety. Pure in what it gives; it keeps its working memory between calls, so
/// one thread uses it at a time.
/// </summary>
internal sealed class Selector(CandidateIndex list, Overrides hand, PlanInputs inputs)
{
    private readonly Scorer weighing = new(list, hand, inputs.Choosing);
    private readonly int[] shares = new int[Profile.MostRoles];
    private readonly List<CandidateScore> picks = [];
    private readonly List<int> rejected = [];
    private readonly SelectionOutcome[] verdicts = new SelectionOutcome[list.Candidates.Count];
    private readonly bool[] storyTaken = new bool[list.Stories.Count];
    private readonly int[] onTopic = new int[list.OnTopic.Length];
    private readonly int[] fromPublication = new int[list.Publications];

    /// <summary>In the order they were picked; good until the next choice.</summary>
    public ReadOnlySpan<CandidateScore> Picks => CollectionsMarshal.AsSpan(picks);

    /// <summary>How a candidate stands after the last choice.</summary>
    public CandidateScore this[int candidate]
    {
        get
        {
            var standing = weighing.InTheEnd(candidate);
            if (verdicts[candidate] != SelectionOutcome.Unfit)
            {
                standing.Verdict = verdicts[candidate];
            }
            return standing;
        }
    }

    /// <param name="had">A bit for each story.</param>
    /// <param name="least">With fewer picks a profile that widens gets items for nearby roles.</param>
    public void Choose(in Profile profile, ReadOnlySpan<ulong> had, int least)
    {
        Clear();
        weighing.Begin(profile, had);
        PickPinned();
        Pick();
        if (picks.Count < least && profile.TooFew == TooFew.Widen && profile.HasRoles)
        {
            weighing.Widen(profile);
            Pick();
        }
    }

    private void Clear()
    {
        foreach (ref readonly var pick in Picks)
        {
            storyTaken[list.Story[pick.Candidate]] = false;
            verdicts[pick.Candidate] = SelectionOutcome.Unfit;
            Count(pick.Candidate, by: -1);
        }
        foreach (var candidate in rejected)
        {
            verdicts[candidate] = SelectionOutcome.Unfit;
        }
        picks.Clear();
        rejected.Clear();
        Array.Clear(shares);
    }

    /// <summary>The editor's picks come before all turns, and no limit but that of the slots holds them back.</summary>
    private void PickPinned()
    {
        if (hand.IsEmpty)
        {
            return;
        }
        foreach (var key in weighing.Raised)
        {
            var candidate = Ranking.CandidateOf(key);
            if (picks.Count == inputs.MaxItems)
            {
                return;
            }
            if (weighing.IsPinned(candidate))
            {
                Settle(candidate, storyTaken[list.Story[candidate]] ? SelectionOutcome.SameStory : SelectionOutcome.Chosen);
            }
        }
    }

    /// <summary>
    /// Each role in turn takes its best: the one with the fewest items so far, or among equals the one whose best has most
    /// points. An item counts for every role it fits.
    /// </summary>
    private void Pick()
    {
        while (picks.Count < inputs.MaxItems)
        {
            var (turn, best) = (-1, Scorer.None);
            for (var role = 0; role < weighing.Roles; role++)
            {
                if (turn >= 0 && shares[role] > shares[turn])
                {
                    continue;
                }
                var key = weighing.BestLeft(role);
                if (key != Scorer.None && (turn < 0 || shares[role] < shares[turn] || key > best))
                {
                    (turn, best) = (role, key);
                }
            }
            if (turn < 0)
            {
                return;
            }
            var candidate = Ranking.CandidateOf(best);
            Settle(candidate, VerdictOn(candidate));
        }
    }

    private SelectionOutcome VerdictOn(int candidate)
    {
        if (storyTaken[list.Story[candidate]])
        {
            return SelectionOutcome.SameStory;
        }
        if (list.Publication[candidate] is >= 0 and var publication && fromPublication[publication] >= inputs.Choosing.MaxPerPublication)
        {
            return SelectionOutcome.PublicationFull;
        }
        foreach (var topic in list.Topics[candidate])
        {
            if (onTopic[topic] >= inputs.Choosing.MaxPerTopic)
            {
                return SelectionOutcome.TopicFull;
            }
        }
        return SelectionOutcome.Chosen;
    }

    private void Settle(int candidate, SelectionOutcome verdict)
    {
        weighing.Close(candidate);
        verdicts[candidate] = verdict;
        if (verdict != SelectionOutcome.Chosen)
        {
            rejected.Add(candidate);
            return;
        }
        storyTaken[list.Story[candidate]] = true;
        Count(candidate, by: 1);
        picks.Add(weighing.Stand(candidate));
        for (var bits = picks[^1].Roles; bits != 0; bits &= bits - 1)
        {
            shares[BitOperations.TrailingZeroCount(bits)]++;
        }
    }

    private void Count(int candidate, int by)
    {
        foreach (var topic in list.Topics[candidate])
        {
            onTopic[topic] += by;
        }
        if (list.Publication[candidate] is >= 0 and var publication)
        {
            fromPublication[publication] += by;
        }
    }
}
