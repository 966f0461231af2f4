using System.Runtime.InteropServices;

namespace Newsletter.Choosing;

/// <summary>
/// Weighs the candidates for a profile: what fits or is near, what is ruled out, and the points of each. Gives, role by
/// role, the best that is left. It keeps its working memory between profiles, so one thread uses it at a time.
/// </summary>
/// <remarks>
/// Most candidates have, for one reader, just the points of one role and of freshness: they stand in the role's
/// <see cref="Ranking"/> already. Only those with more (a second role, a topic followed, the editor's hand) are raised:
/// weighed for each reader; the best that is left is the better head of the two.
/// </remarks>
internal sealed class Scorer(CandidateIndex list, Overrides hand, ChoosingOptions options)
{
    public const long None = -1;

    private const int Thousandths = 1000;

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

    private readonly Ranking[] fittingRankings = new Ranking[Profile.MostRoles];
    private readonly Ranking[] nearRankings = new Ranking[Profile.MostRoles];
    private readonly int[] heads = new int[Profile.MostRoles];
    private readonly int[] raisedHeads = new int[Profile.MostRoles];
    private readonly ulong[] seen = new ulong[(list.Stories.Count + 63) / 64];
    private readonly bool[] isFollowed = new bool[list.OnTopic.Length];
    private readonly List<int> followed = [];

    /// <summary>Those of what fits, or of what is near.</summary>
    private Ranking[] rankings = [];
    private int roles;
    private bool hasRoles;

    /// <summary>Roles among which turns are taken; 1 for a reader without any.</summary>
    public int Roles => hasRoles ? roles : 1;

    /// <summary>Keys of candidates with more than the points of one role, best first; seen ones are left out.</summary>
    public ReadOnlySpan<long> Raised => CollectionsMarshal.AsSpan(raisedKeys);

    public bool IsPinned(int candidate) => pinned[candidate];

    /// <summary>It can be picked no more.</summary>
    public void Close(int candidate) => open.Remove(candidate);

    /// <param name="had">A bit for each story.</param>
    public void Begin(in Profile profile, ReadOnlySpan<ulong> had)
    {
        Clear();
        had.CopyTo(seen);
        (roles, hasRoles) = (profile.Roles.Length, profile.HasRoles);
        Follow(profile);
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
        Weigh(fittingRankings);
    }

    /// <summary>From now on items for nearby roles, where nothing fits that is left.</summary>
    public void Widen(in Profile profile)
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
    }

    /// <param name="role">Its place in the profile.</param>
    /// <returns>The key of the best that the role has left, or <see cref="None"/>.</returns>
    public long BestLeft(int role)
    {
        var ranking = hasRoles ? rankings[role] : list.Everything;
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

    /// <summary>As it is picked: by what fits, or after <see cref="Widen"/> by what is near.</summary>
    public CandidateScore Stand(int candidate) => Stand(candidate, rankings);

    /// <summary>As it stands in the end, whether it was picked or not: its verdict is what rules it out.</summary>
    public CandidateScore InTheEnd(int candidate)
    {
        var standing = Stand(candidate, fitting[candidate] ? fittingRankings : nearRankings);
        standing.Verdict = !fitting[candidate] && !nearby[candidate] ? SelectionOutcome.Unfit
            : excluded[candidate] ? SelectionOutcome.Excluded
            : muted[candidate] ? SelectionOutcome.Muted
            : IsSeen(candidate) ? SelectionOutcome.Seen
            : SelectionOutcome.OverLimit;
        return standing;
    }

    private void Clear()
    {
        foreach (var topic in followed)
        {
            isFollowed[topic] = false;
        }
        followed.Clear();
        fitting.Clear();
        nearby.Clear();
        pinned.Clear();
        leading.Clear();
        excluded.Clear();
        muted.Clear();
        onFollowed.Clear();
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
            fittingRankings[i] = list.FittingOf(profile.Roles[i]);
            raised.AddCommon(fitting, fittingRankings[i].Members);
            fitting.UnionWith(fittingRankings[i].Members);
        }
        open.CopyFrom(fitting);
    }

    private void Steer(int candidate, string deed)
    {
        switch (deed)
        {
            case OverrideKind.Pin:
                fitting.Add(candidate);
                pinned.Add(candidate);
                break;
            case OverrideKind.Lead when fitting[candidate]:
                leading.Add(candidate);
                break;
            case OverrideKind.Exclude:
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

    /// <summary>Puts what has more than the points of one role in order.</summary>
    private void Weigh(Ranking[] by)
    {
        rankings = by;
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

    private bool IsSeen(int candidate) => list.Story[candidate] is var story && (seen[story >> 6] & (1UL << story)) != 0;

    private CandidateScore Stand(int candidate, Ranking[] by)
    {
        var standing = new CandidateScore { Candidate = candidate, IsPinned = pinned[candidate], IsLead = leading[candidate] };
        if (!fitting[candidate] && !nearby[candidate])
        {
            return standing;
        }
        // The same for all without roles, so no order hangs on it; but that they lead is a reason, and each reason counts.
        var (best, sum) = hasRoles ? (0, 0) : (options.RolePoints * Thousandths, options.RolePoints * Thousandths);
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
        standing.Points = best
            + (int)((sum - best) * options.FurtherRoleShare)
            + (standing.Topics * options.TopicPoints * Thousandths)
            + list.Freshness[candidate]
            + (standing.IsPinned ? options.PickPoints * Thousandths : 0)
            + (standing.IsLead ? options.LeadPoints * Thousandths : 0);
        return standing;
    }
}
