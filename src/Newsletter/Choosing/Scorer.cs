using System.Runtime.InteropServices;

namespace Newsletter.Choosing;

/// <summary>
/// Scores the candidates for a profile: which fit or are near, which are ruled out, and the points of each. Gives, role by role, the
/// best candidate that is left. Call <see cref="Begin"/> for each profile, perhaps <see cref="Widen"/> after it, then the rest.
/// Reuses its memory: not thread-safe.
/// </summary>
/// <remarks>
/// For one reader, most candidates have just the points of one role and of freshness: the role's <see cref="Ranking"/> has them in
/// order already. Only those with more (a second role, a followed topic, an override) are raised, which means scored for each
/// reader. The best that is left is the better head of the two lists.
/// </remarks>
internal sealed class Scorer(CandidateIndex index, Overrides overrides, ChoosingOptions options)
{
    private const int Thousandths = 1000;

    private readonly ScorerMemory memory = new(index);
    private readonly Ranking[] fittingRankings = new Ranking[Profile.MostRoles];
    private readonly Ranking[] nearRankings = new Ranking[Profile.MostRoles];

    /// <summary>By role of the profile: how far its ranking was read.</summary>
    private readonly int[] heads = new int[Profile.MostRoles];

    /// <summary>By role of the profile: how far <see cref="raised"/> was read.</summary>
    private readonly int[] raisedHeads = new int[Profile.MostRoles];
    private readonly List<RankKey> raised = [];

    /// <summary>Those of what fits, or of what is near.</summary>
    private Ranking[] rankings = [];
    private int roles;
    private bool hasRoles;

    /// <summary>Roles that take turns; 1 for a reader without any.</summary>
    public int Roles => hasRoles ? roles : 1;

    /// <summary>Candidates with more points than those of one role, highest rank first, without seen ones.</summary>
    public ReadOnlySpan<RankKey> Raised => CollectionsMarshal.AsSpan(raised);

    public bool IsPinned(int candidate) => memory.Pinned[candidate];

    /// <summary>The candidate cannot be picked any more.</summary>
    public void Close(int candidate) => memory.Open.Remove(candidate);

    /// <summary>Starts a profile with the candidates that fit. The steps depend on each other: keep their order.</summary>
    /// <param name="had">Stories that the reader had, a bit for each.</param>
    public void Begin(in Profile profile, ReadOnlySpan<ulong> had)
    {
        (roles, hasRoles) = (profile.Roles.Length, profile.HasRoles);
        memory.Reset(had);
        ReadTopics(profile);
        FindFitting(profile);
        ApplyOverrides(profile);
        RaiseFollowed();
        RuleOut(memory.Fitting);
        RankRaised(fittingRankings);
    }

    /// <summary>Continues a profile with candidates for nearby roles, when none that fits is left.</summary>
    public void Widen(in Profile profile)
    {
        memory.Raised.Clear();
        FindNearby(profile);
        RaiseFollowed();
        RuleOut(memory.Nearby);
        RankRaised(nearRankings);
    }

    /// <param name="role">Its place in the profile.</param>
    /// <returns>The best candidate that the role has left, or <see cref="RankKey.None"/>.</returns>
    public RankKey BestLeft(int role)
    {
        var ranking = hasRoles ? rankings[role] : index.Everything;
        ref var head = ref heads[role];
        while (head < ranking.Keys.Length && !IsLeftInRanking(ranking.Keys[head].Candidate))
        {
            head++;
        }
        ref var raisedHead = ref raisedHeads[role];
        while (raisedHead < raised.Count && !IsLeftRaised(raised[raisedHead].Candidate, ranking))
        {
            raisedHead++;
        }
        return RankKey.Highest(
            head < ranking.Keys.Length ? ranking.Keys[head] : RankKey.None,
            raisedHead < raised.Count ? raised[raisedHead] : RankKey.None);
    }

    /// <summary>The score by which a candidate is picked: for what fits, or after <see cref="Widen"/> for what is near.</summary>
    public CandidateScore ScoreOf(int candidate) => ScoreOf(candidate, rankings);

    /// <summary>The score of a candidate that was not picked. Its outcome is what rules it out.</summary>
    public CandidateScore FinalScoreOf(int candidate)
    {
        var score = ScoreOf(candidate, memory.Fitting[candidate] ? fittingRankings : nearRankings);
        score.Outcome = memory.OutcomeOf(candidate);
        return score;
    }

    private void ReadTopics(in Profile profile)
    {
        foreach (var topic in profile.Topics)
        {
            memory.Follow(topic);
        }
        foreach (var topic in profile.Muted)
        {
            memory.Mute(topic);
        }
    }

    /// <summary>Collects what fits, and raises what fits by two roles.</summary>
    private void FindFitting(in Profile profile)
    {
        if (!hasRoles)
        {
            memory.Fitting.UnionWith(index.Everything.Members);
        }
        for (var i = 0; i < roles; i++)
        {
            var ranking = fittingRankings[i] = index.FittingOf(profile.Roles[i]);
            memory.Raised.AddCommon(memory.Fitting, ranking.Members);
            memory.Fitting.UnionWith(ranking.Members);
        }
    }

    /// <summary>Collects what is near and does not fit, and raises what is near two roles.</summary>
    private void FindNearby(in Profile profile)
    {
        for (var i = 0; i < roles; i++)
        {
            var ranking = nearRankings[i] = index.NearOf(profile.Roles[i]);
            memory.Raised.AddCommon(memory.Nearby, ranking.Members);
            memory.Nearby.UnionWith(ranking.Members);
        }
        memory.Nearby.ExceptWith(memory.Fitting);
    }

    private void ApplyOverrides(in Profile profile)
    {
        if (overrides.IsEmpty)
        {
            return;
        }
        overrides.ForEach(profile.Roles, memory.ApplyOverride);
        memory.Raised.UnionWith(memory.Pinned);
        memory.Raised.UnionWith(memory.Leading);
    }

    private void RaiseFollowed() => memory.Raised.UnionWith(memory.OnFollowed);

    /// <summary>Opens candidates for picking, except for those excluded or muted. What is raised stays so only if it is open.</summary>
    private void RuleOut(CandidateSet candidates)
    {
        memory.Open.CopyFrom(candidates);
        memory.Open.ExceptWith(memory.Excluded);
        memory.Open.ExceptWith(memory.Muted);
        memory.Raised.IntersectWith(memory.Open);
    }

    private void RankRaised(Ranking[] by)
    {
        rankings = by;
        raised.Clear();
        for (var candidate = memory.Raised.Next(0); candidate >= 0; candidate = memory.Raised.Next(candidate + 1))
        {
            if (!memory.IsSeen(candidate))
            {
                raised.Add(new RankKey(ScoreOf(candidate, by).Points, candidate));
            }
        }
        CollectionsMarshal.AsSpan(raised).Sort();
        Array.Clear(heads);
        Array.Clear(raisedHeads);
    }

    private bool IsLeftInRanking(int candidate) => memory.Open[candidate] && !memory.Raised[candidate] && !memory.IsSeen(candidate);

    private bool IsLeftRaised(int candidate, Ranking ranking) => memory.Open[candidate] && ranking.Members[candidate];

    private CandidateScore ScoreOf(int candidate, Ranking[] by)
    {
        var score = new CandidateScore { Candidate = candidate, IsPinned = memory.Pinned[candidate], IsLead = memory.Leading[candidate] };
        if (!memory.Fitting[candidate] && !memory.Nearby[candidate])
        {
            return score;
        }
        // Without roles every item gets the same points, which change no order. They are points all the same: that the item leads
        // is a reason, and each reason must count.
        var (best, sum) = hasRoles ? (0, 0) : (options.RolePoints * Thousandths, options.RolePoints * Thousandths);
        for (var i = 0; i < roles; i++)
        {
            var points = by[i].Points[candidate];
            if (points > 0)
            {
                score.Roles |= 1UL << i;
                sum += points;
                if (points > best)
                {
                    (best, score.Role) = (points, i);
                }
            }
        }
        score.Topics = memory.FollowedOf(candidate);
        score.Points = best
            + (int)((sum - best) * options.FurtherRoleShare)
            + (score.Topics * options.TopicPoints * Thousandths)
            + index.Freshness[candidate]
            + (score.IsPinned ? options.PickPoints * Thousandths : 0)
            + (score.IsLead ? options.LeadPoints * Thousandths : 0);
        return score;
    }
}
