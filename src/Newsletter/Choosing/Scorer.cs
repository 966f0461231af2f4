using System.Runtime.InteropServices;

namespace Newsletter.Choosing;

/// <summary>
/// Scores the candidates for a profile: which fit or are near, which are ruled out, and the points of each. Returns the best
/// remaining candidate role by role. Call <see cref="Begin"/> for each profile, optionally <see cref="Widen"/> after it, then the rest.
/// Reuses its memory, so it is not thread-safe.
/// </summary>
/// <remarks>
/// For one reader, most candidates have only the points of one role and freshness, and the role's <see cref="Ranking"/> already has them
/// in order. Only candidates with more (a second role, a followed topic, an override) are raised, that is, scored per reader. The best
/// remaining candidate is the better head of the two lists.
/// </remarks>
internal sealed class Scorer(CandidateIndex index, Overrides overrides, ChoosingOptions options)
{
    private const int Thousandths = 1000;

    private readonly ScorerMemory memory = new(index);
    private readonly Ranking[] fittingRankings = new Ranking[Profile.MostRoles];
    private readonly Ranking[] nearRankings = new Ranking[Profile.MostRoles];

    /// <summary>By role of the profile: read position in its ranking.</summary>
    private readonly int[] heads = new int[Profile.MostRoles];

    /// <summary>By role of the profile: read position in <see cref="raised"/>.</summary>
    private readonly int[] raisedHeads = new int[Profile.MostRoles];
    private readonly List<RankKey> raised = [];

    /// <summary>The rankings in use: of fitting candidates, or after <see cref="Widen"/> of near ones.</summary>
    private Ranking[] rankings = [];
    private int roles;
    private bool hasRoles;

    /// <summary>Number of roles that take turns; 1 for a reader without any.</summary>
    public int Roles => hasRoles ? roles : 1;

    /// <summary>Candidates with more points than those of one role and freshness, highest rank first, without seen ones.</summary>
    public ReadOnlySpan<RankKey> Raised => CollectionsMarshal.AsSpan(raised);

    public bool IsPinned(int candidate) => memory.Pinned[candidate];

    /// <summary>Removes the candidate from further picks.</summary>
    public void Close(int candidate) => memory.Open.Remove(candidate);

    /// <summary>Starts a profile with the candidates that fit. The order of the steps matters.</summary>
    /// <param name="had">Stories that the reader has seen, one bit each.</param>
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

    /// <summary>Continues a profile with candidates for nearby roles, once no fitting one is left.</summary>
    public void Widen(in Profile profile)
    {
        memory.Raised.Clear();
        FindNearby(profile);
        RaiseFollowed();
        RuleOut(memory.Nearby);
        RankRaised(nearRankings);
    }

    /// <param name="role">Index of the role in the profile.</param>
    /// <returns>The best remaining candidate of the role, or <see cref="RankKey.None"/>.</returns>
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

    /// <summary>The score that a candidate is picked by: as a fitting one, or after <see cref="Widen"/> as a near one.</summary>
    public CandidateScore ScoreOf(int candidate) => ScoreOf(candidate, rankings);

    /// <summary>The score of a candidate that was not picked, with the outcome that ruled it out.</summary>
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

    /// <summary>Collects the fitting candidates, and raises those that fit two or more roles.</summary>
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

    /// <summary>Collects near candidates that do not fit, and raises those near two or more roles.</summary>
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

    /// <summary>Opens candidates for picking, except excluded and muted ones. Closed candidates are no longer raised.</summary>
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
        // Without roles, every item gets the same points, which do not change the order. They are counted nevertheless, because "leading
        // item" is a reason and every reason must have points.
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
