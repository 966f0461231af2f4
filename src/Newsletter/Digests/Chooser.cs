using System.Numerics;
using System.Runtime.InteropServices;

namespace Newsletter.Digests;

/// <summary>
/// Picks candidates for a profile: what fits and is not ruled out, most points first, each role of the reader in turn.
/// Pure in what it gives; it keeps its working memory between calls, so one thread uses it at a time.
/// </summary>
/// <remarks>
/// Most candidates have, for one reader, just the points of one role and of freshness: they stand in the role's
/// <see cref="Ranking"/> already. Only those with more (a second role, a topic followed, the editor's hand) are weighed
/// for each reader; the next pick is the better head of the two.
/// </remarks>
internal sealed class Chooser(Shortlist list, Hand hand, PlanInputs inputs)
{
    private const int Thousandths = 1000;
    private const long None = -1;

    private readonly CandidateSet fitting = new(list.Candidates.Count);
    private readonly CandidateSet nearby = new(list.Candidates.Count);
    private readonly CandidateSet pinned = new(list.Candidates.Count);
    private readonly CandidateSet leading = new(list.Candidates.Count);
    private readonly CandidateSet excluded = new(list.Candidates.Count);
    private readonly CandidateSet muted = new(list.Candidates.Count);
    private readonly CandidateSet onFollowed = new(list.Candidates.Count);

    /// <summary>May still be picked, unless it was seen: that is looked up for the few that come so far.</summary>
    private readonly CandidateSet open = new(list.Candidates.Count);
    private readonly CandidateSet raised = new(list.Candidates.Count);
    private readonly List<long> raisedKeys = [];

    private readonly Ranking[] rankings = new Ranking[Profile.MostRoles];
    private readonly Ranking[] nearRankings = new Ranking[Profile.MostRoles];
    private readonly int[] heads = new int[Profile.MostRoles];
    private readonly int[] raisedHeads = new int[Profile.MostRoles];
    private readonly int[] shares = new int[Profile.MostRoles];
    private readonly ulong[] seen = new ulong[(list.Stories.Count + 63) / 64];
    private readonly bool[] isFollowed = new bool[list.OnTopic.Length];
    private readonly List<int> followed = [];
    private int roles;
    private bool hasRoles;

    private readonly List<Standing> picks = [];
    private readonly List<int> rejected = [];
    private readonly Verdict[] verdicts = new Verdict[list.Candidates.Count];
    private readonly bool[] storyTaken = new bool[list.Stories.Count];
    private readonly int[] onTopic = new int[list.OnTopic.Length];
    private readonly int[] fromPublication = new int[list.Publications];

    /// <summary>In the order they were picked; good until the next choice.</summary>
    public ReadOnlySpan<Standing> Picks => CollectionsMarshal.AsSpan(picks);

    /// <summary>How a candidate stands after the last choice.</summary>
    public Standing this[int candidate]
    {
        get
        {
            var standing = Stand(candidate, fitting[candidate] ? rankings : nearRankings);
            standing.Verdict = verdicts[candidate] != Verdict.Unfit ? verdicts[candidate]
                : !fitting[candidate] && !nearby[candidate] ? Verdict.Unfit
                : excluded[candidate] ? Verdict.Excluded
                : muted[candidate] ? Verdict.Muted
                : IsSeen(candidate) ? Verdict.Seen
                : Verdict.OverLimit;
            return standing;
        }
    }

    /// <param name="had">A bit for each story.</param>
    /// <param name="least">With fewer picks a profile that widens gets items for nearby roles.</param>
    public void Choose(in Profile profile, ReadOnlySpan<ulong> had, int least)
    {
        Clear();
        had.CopyTo(seen);
        (roles, hasRoles) = (profile.Roles.Length, profile.HasRoles);
        Follow(profile);
        open.Clear();
        raised.CopyFrom(onFollowed);
        GatherFitting(profile);
        if (!hand.IsEmpty)
        {
            hand.ForEach(profile.Roles, Steer);
            open.CopyFrom(fitting);
            raised.UnionWith(pinned);
            raised.UnionWith(leading);
        }
        RuleOut();
        Weigh(rankings);
        PickPinned();
        Pick(rankings);
        if (picks.Count < least && profile.TooFew == TooFew.Widen && hasRoles)
        {
            Widen(profile);
        }
    }

    private void Clear()
    {
        foreach (ref readonly var pick in Picks)
        {
            storyTaken[list.Story[pick.Candidate]] = false;
            verdicts[pick.Candidate] = Verdict.Unfit;
            Count(pick.Candidate, by: -1);
        }
        foreach (var candidate in rejected)
        {
            verdicts[candidate] = Verdict.Unfit;
        }
        foreach (var topic in followed)
        {
            isFollowed[topic] = false;
        }
        picks.Clear();
        rejected.Clear();
        followed.Clear();
        fitting.Clear();
        nearby.Clear();
        pinned.Clear();
        leading.Clear();
        excluded.Clear();
        muted.Clear();
        onFollowed.Clear();
        Array.Clear(shares);
    }

    private void Follow(in Profile profile)
    {
        foreach (var topic in profile.Topics)
        {
            isFollowed[topic] = true;
            followed.Add(topic);
            onFollowed.UnionWith(list.OnTopic[topic]);
        }
        foreach (var topic in profile.Muted)
        {
            muted.UnionWith(list.OnTopic[topic]);
        }
    }

    private void GatherFitting(in Profile profile)
    {
        if (!hasRoles)
        {
            fitting.UnionWith(list.Everything.Members);
        }
        for (var i = 0; i < roles; i++)
        {
            rankings[i] = list.FittingOf(profile.Roles[i]);
            raised.AddCommon(fitting, rankings[i].Members);
            fitting.UnionWith(rankings[i].Members);
        }
        open.CopyFrom(fitting);
    }

    private void Steer(int candidate, string deed)
    {
        switch (deed)
        {
            case SteerDeed.Pin:
                fitting.Add(candidate);
                pinned.Add(candidate);
                break;
            case SteerDeed.Lead when fitting[candidate]:
                leading.Add(candidate);
                break;
            case SteerDeed.Exclude:
                excluded.Add(candidate);
                break;
        }
    }

    private void RuleOut()
    {
        open.ExceptWith(excluded);
        open.ExceptWith(muted);
        raised.IntersectWith(open);
    }

    /// <summary>Items for nearby roles fill up, where nothing fits that is left.</summary>
    private void Widen(in Profile profile)
    {
        raised.Clear();
        for (var i = 0; i < roles; i++)
        {
            nearRankings[i] = list.NearOf(profile.Roles[i]);
            raised.AddCommon(nearby, nearRankings[i].Members);
            nearby.UnionWith(nearRankings[i].Members);
        }
        raised.UnionWith(onFollowed);
        nearby.ExceptWith(fitting);
        open.CopyFrom(nearby);
        RuleOut();
        Weigh(nearRankings);
        Pick(nearRankings);
    }

    /// <summary>Puts what has more than the points of one role in order.</summary>
    private void Weigh(Ranking[] by)
    {
        raisedKeys.Clear();
        for (var candidate = raised.Next(0); candidate >= 0; candidate = raised.Next(candidate + 1))
        {
            if (!IsSeen(candidate))
            {
                raisedKeys.Add(Ranking.KeyOf(Stand(candidate, by).Points, candidate));
            }
        }
        CollectionsMarshal.AsSpan(raisedKeys).Sort();
        raisedKeys.Reverse();
        Array.Clear(heads);
        Array.Clear(raisedHeads);
    }

    /// <summary>The editor's picks come before all turns, and no limit but that of the slots holds them back.</summary>
    private void PickPinned()
    {
        for (var i = 0; !hand.IsEmpty && i < raisedKeys.Count && picks.Count < inputs.MaxItems; i++)
        {
            var candidate = Ranking.CandidateOf(raisedKeys[i]);
            if (pinned[candidate])
            {
                open.Remove(candidate);
                if (storyTaken[list.Story[candidate]])
                {
                    Reject(candidate, Verdict.SameStory);
                }
                else
                {
                    Take(candidate, rankings);
                }
            }
        }
    }

    /// <summary>
    /// Each role in turn takes its best: the one with the fewest items so far, or among equals the one whose best has most
    /// points. An item counts for every role it fits.
    /// </summary>
    private void Pick(Ranking[] by)
    {
        while (picks.Count < inputs.MaxItems)
        {
            var (pool, best) = (-1, None);
            for (var i = 0; i < (hasRoles ? roles : 1); i++)
            {
                if (pool >= 0 && shares[i] > shares[pool])
                {
                    continue;
                }
                var head = HeadOf(i, hasRoles ? by[i] : list.Everything);
                if (head != None && (pool < 0 || shares[i] < shares[pool] || head > best))
                {
                    (pool, best) = (i, head);
                }
            }
            if (pool < 0)
            {
                return;
            }
            var candidate = Ranking.CandidateOf(best);
            open.Remove(candidate);
            var verdict = VerdictOn(candidate);
            if (verdict == Verdict.Chosen)
            {
                Take(candidate, by);
            }
            else
            {
                Reject(candidate, verdict);
            }
        }
    }

    /// <returns>The key of the best that a role has left.</returns>
    private long HeadOf(int role, Ranking ranking)
    {
        ref var at = ref heads[role];
        while (at < ranking.Keys.Length && Ranking.CandidateOf(ranking.Keys[at]) is var candidate && (!open[candidate] || raised[candidate] || IsSeen(candidate)))
        {
            at++;
        }
        ref var raisedAt = ref raisedHeads[role];
        while (raisedAt < raisedKeys.Count && Ranking.CandidateOf(raisedKeys[raisedAt]) is var candidate && (!open[candidate] || !ranking.Members[candidate]))
        {
            raisedAt++;
        }
        return Math.Max(
            at < ranking.Keys.Length ? ranking.Keys[at] : None,
            raisedAt < raisedKeys.Count ? raisedKeys[raisedAt] : None);
    }

    private Verdict VerdictOn(int candidate)
    {
        if (storyTaken[list.Story[candidate]])
        {
            return Verdict.SameStory;
        }
        if (list.Publication[candidate] is >= 0 and var publication && fromPublication[publication] >= inputs.Choosing.MaxPerPublication)
        {
            return Verdict.PublicationFull;
        }
        foreach (var topic in list.Topics[candidate])
        {
            if (onTopic[topic] >= inputs.Choosing.MaxPerTopic)
            {
                return Verdict.TopicFull;
            }
        }
        return Verdict.Chosen;
    }

    private void Take(int candidate, Ranking[] by)
    {
        verdicts[candidate] = Verdict.Chosen;
        storyTaken[list.Story[candidate]] = true;
        Count(candidate, by: 1);
        picks.Add(Stand(candidate, by));
        for (var bits = picks[^1].Roles; bits != 0; bits &= bits - 1)
        {
            shares[BitOperations.TrailingZeroCount(bits)]++;
        }
    }

    private void Reject(int candidate, Verdict verdict)
    {
        verdicts[candidate] = verdict;
        rejected.Add(candidate);
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

    private bool IsSeen(int candidate) => list.Story[candidate] is var story && (seen[story >> 6] & (1UL << story)) != 0;

    private Standing Stand(int candidate, Ranking[] by)
    {
        var options = inputs.Choosing;
        var standing = new Standing { Candidate = candidate, IsPinned = pinned[candidate], IsLead = leading[candidate] };
        // The same for all without roles, so no order hangs on it; but that they lead is a reason, and each reason counts.
        var (best, sum) = hasRoles ? (0, 0) : (options.RolePoints * Thousandths, options.RolePoints * Thousandths);
        if (fitting[candidate] || nearby[candidate])
        {
            for (var i = 0; i < roles; i++)
            {
                var points = by[i].Points[candidate];
                if (points > 0)
                {
                    standing.Roles |= 1UL << i;
                    sum += points;
                    if (points > best)
                    {
                        (best, standing.Role) = (points, i);
                    }
                }
            }
            if (onFollowed[candidate])
            {
                foreach (var topic in list.Topics[candidate])
                {
                    standing.Topics += isFollowed[topic] ? 1 : 0;
                }
            }
        }
        else
        {
            return standing;
        }
        standing.Points = best
            + (int)((sum - best) * options.FurtherRoleShare)
            + (standing.Topics * options.TopicPoints * Thousandths)
            + list.Freshness[candidate]
            + (standing.IsPinned ? options.PickPoints * Thousandths : 0)
            + (standing.IsLead ? options.LeadPoints * Thousandths : 0);
        return standing;
    }
}
