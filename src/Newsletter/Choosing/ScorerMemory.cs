namespace Newsletter.Choosing;

/// <summary>
/// Working memory of the <see cref="Scorer"/> for one profile: which candidates fit, are near, or are ruled out. Bit sets, reused for
/// the next profile.
/// </summary>
internal sealed class ScorerMemory(CandidateIndex index)
{
    private readonly ulong[] seen = new ulong[(index.Stories.Count + 63) / 64];
    private readonly bool[] isFollowed = new bool[index.OnTopic.Length];
    private readonly List<int> followed = [];

    /// <summary>Fits one of the reader's roles, or is pinned.</summary>
    public CandidateSet Fitting { get; } = new(index.Candidates.Count);

    /// <summary>For a role near one of the reader's roles. Empty until the mail is widened.</summary>
    public CandidateSet Nearby { get; } = new(index.Candidates.Count);

    public CandidateSet Pinned { get; } = new(index.Candidates.Count);

    public CandidateSet Leading { get; } = new(index.Candidates.Count);

    /// <summary>Excluded by the editor.</summary>
    public CandidateSet Excluded { get; } = new(index.Candidates.Count);

    /// <summary>On a topic that the reader muted.</summary>
    public CandidateSet Muted { get; } = new(index.Candidates.Count);

    /// <summary>On a topic that the reader follows.</summary>
    public CandidateSet OnFollowed { get; } = new(index.Candidates.Count);

    /// <summary>May still be picked, unless seen: <see cref="IsSeen"/> is checked only for the few candidates that get this far.</summary>
    public CandidateSet Open { get; } = new(index.Candidates.Count);

    /// <summary>Has more points than those of one role and freshness.</summary>
    public CandidateSet Raised { get; } = new(index.Candidates.Count);

    /// <summary>Clears the previous profile. <see cref="Open"/> is not cleared, because it is overwritten before it is read.</summary>
    /// <param name="had">Stories that the reader has seen, one bit each.</param>
    public void Reset(ReadOnlySpan<ulong> had)
    {
        had.CopyTo(seen);
        foreach (var topic in followed)
        {
            isFollowed[topic] = false;
        }
        followed.Clear();
        Fitting.Clear();
        Nearby.Clear();
        Pinned.Clear();
        Leading.Clear();
        Excluded.Clear();
        Muted.Clear();
        OnFollowed.Clear();
        Raised.Clear();
    }

    public void Follow(int topic)
    {
        isFollowed[topic] = true;
        followed.Add(topic);
        OnFollowed.UnionWith(index.OnTopic[topic]);
    }

    public void Mute(int topic) => Muted.UnionWith(index.OnTopic[topic]);

    /// <param name="kind">One of <see cref="OverrideKind"/>, except the order.</param>
    public void ApplyOverride(int candidate, string kind)
    {
        switch (kind)
        {
            case OverrideKind.Pin:
                Fitting.Add(candidate);
                Pinned.Add(candidate);
                break;
            case OverrideKind.Lead when Fitting[candidate]:
                Leading.Add(candidate);
                break;
            case OverrideKind.Exclude:
                Excluded.Add(candidate);
                break;
        }
    }

    public bool IsSeen(int candidate) => index.Story[candidate] is var story && (seen[story >> 6] & (1UL << story)) != 0;

    /// <summary>The number of the candidate's topics that the reader follows.</summary>
    public int FollowedOf(int candidate)
    {
        if (!OnFollowed[candidate])
        {
            return 0;
        }
        var count = 0;
        foreach (var topic in index.Topics[candidate])
        {
            count += isFollowed[topic] ? 1 : 0;
        }
        return count;
    }

    /// <summary>Why a candidate was not picked.</summary>
    public SelectionOutcome OutcomeOf(int candidate) =>
        !Fitting[candidate] && !Nearby[candidate] ? SelectionOutcome.Unfit
        : Excluded[candidate] ? SelectionOutcome.Excluded
        : Muted[candidate] ? SelectionOutcome.Muted
        : IsSeen(candidate) ? SelectionOutcome.Seen
        : SelectionOutcome.OverLimit;
}
