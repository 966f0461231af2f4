using System.Numerics;
using System.Runtime.InteropServices;

namespace Newsletter.Digests;

/// <summary>
/// Picks candidates for a profile: what fits and is not ruled out, most points first, each role of the reader in turn.
/// Pure in what it gives; it keeps its working memory between calls, so one thread uses it at a time.
/// </summary>
internal sealed class Chooser(Shortlist list, Hand hand, PlanInputs inputs)
{
    private const int Thousandths = 1000;

    private readonly Standing[] standings = new Standing[list.Candidates.Count];
    private readonly List<int> touched = [];
    private readonly List<int> picks = [];
    private readonly bool[] storyTaken = new bool[list.Stories.Count];
    private readonly int[] onTopic = new int[list.OnTopic.Length];
    private readonly int[] fromPublication = new int[list.Publications];

    // One pool of keys for each role of the reader, side by side: points above, and below them what makes a lower number win.
    private long[] keys = new long[1024];
    private readonly int[] poolEnds = new int[Profile.MostRoles];
    private readonly int[] poolStarts = new int[Profile.MostRoles];
    private readonly int[] shares = new int[Profile.MostRoles];

    /// <summary>In the order they were picked.</summary>
    public IReadOnlyList<int> Picks => picks;

    /// <summary>How a candidate stands after the last choice.</summary>
    public ref readonly Standing this[int candidate] => ref standings[candidate];

    /// <param name="seen">A bit for each story.</param>
    /// <param name="least">With fewer picks a profile that widens gets items for nearby roles.</param>
    public void Choose(in Profile profile, ReadOnlySpan<ulong> seen, int least)
    {
        Clear();
        Gather(profile, near: false);
        Weigh(profile, seen, near: false);
        PickPinned();
        Pick(profile, near: false);
        if (picks.Count < least && profile.TooFew == TooFew.Widen && profile.HasRoles)
        {
            Gather(profile, near: true);
            Weigh(profile, seen, near: true);
            Pick(profile, near: true);
        }
    }

    private void Clear()
    {
        foreach (var candidate in picks)
        {
            storyTaken[list.Story[candidate]] = false;
            Count(candidate, by: -1);
        }
        foreach (var candidate in touched)
        {
            standings[candidate] = default;
        }
        picks.Clear();
        touched.Clear();
    }

    private void Gather(in Profile profile, bool near)
    {
        if (!profile.HasRoles)
        {
            for (var candidate = 0; candidate < standings.Length; candidate++)
            {
                ref var standing = ref Touch(candidate);
                standing.Verdict = Verdict.OverLimit;
                // The same for all, so no order hangs on it; but that they lead is a reason, and each reason counts.
                standing.RoleSum = standing.RoleBest = inputs.Choosing.RolePoints * Thousandths;
            }
        }
        for (var i = 0; i < profile.Roles.Length; i++)
        {
            foreach (var match in near ? list.NearOf(profile.Roles[i]) : list.FittingOf(profile.Roles[i]))
            {
                ref var standing = ref standings[match.Candidate];
                if (near && !standing.IsNear && standing.Verdict != Verdict.Unfit)
                {
                    // It fits by another role, or was picked by the editor, already.
                    continue;
                }
                if (standing.Verdict == Verdict.Unfit)
                {
                    Touch(match.Candidate);
                    standing.Verdict = Verdict.OverLimit;
                    standing.IsNear = near;
                }
                standing.Roles |= 1UL << i;
                standing.RoleSum += match.Points;
                if (match.Points > standing.RoleBest)
                {
                    standing.RoleBest = match.Points;
                    standing.Role = i;
                }
            }
        }
        if (!hand.IsEmpty)
        {
            hand.ForEach(profile.Roles, near ? KeepOut : Steer);
        }
    }

    private void Steer(int candidate, string deed)
    {
        ref var standing = ref standings[candidate];
        switch (deed)
        {
            case SteerDeed.Pin:
                if (standing.Verdict == Verdict.Unfit)
                {
                    Touch(candidate);
                }
                standing.Verdict = standing.Verdict == Verdict.Excluded ? Verdict.Excluded : Verdict.OverLimit;
                standing.IsPinned = true;
                break;
            case SteerDeed.Exclude when standing.Verdict != Verdict.Unfit:
                standing.Verdict = Verdict.Excluded;
                break;
            case SteerDeed.Lead:
                standing.IsLead = standing.Verdict != Verdict.Unfit;
                break;
        }
    }

    /// <summary>What the editor excluded does not come by widening either; nothing else is steered twice.</summary>
    private void KeepOut(int candidate, string deed)
    {
        if (deed == SteerDeed.Exclude && standings[candidate].Verdict == Verdict.OverLimit)
        {
            standings[candidate].Verdict = Verdict.Excluded;
        }
    }

    private ref Standing Touch(int candidate)
    {
        touched.Add(candidate);
        return ref standings[candidate];
    }

    private void Weigh(in Profile profile, ReadOnlySpan<ulong> seen, bool near)
    {
        foreach (var topic in profile.Muted)
        {
            foreach (var candidate in list.OnTopic[topic])
            {
                if (standings[candidate].Verdict == Verdict.OverLimit)
                {
                    standings[candidate].Verdict = Verdict.Muted;
                }
            }
        }
        foreach (var topic in profile.Topics)
        {
            foreach (var candidate in list.OnTopic[topic])
            {
                ref var standing = ref standings[candidate];
                if (standing.Verdict != Verdict.Unfit && standing.IsNear == near)
                {
                    standing.Topics++;
                }
            }
        }
        var options = inputs.Choosing;
        foreach (var candidate in CollectionsMarshal.AsSpan(touched))
        {
            ref var standing = ref standings[candidate];
            if (standing.IsNear != near)
            {
                continue;
            }
            var story = list.Story[candidate];
            if (standing.Verdict == Verdict.OverLimit && (seen[story >> 6] & (1UL << story)) != 0)
            {
                standing.Verdict = Verdict.Seen;
            }
            standing.Points = standing.RoleBest
                + (int)((standing.RoleSum - standing.RoleBest) * options.FurtherRoleShare)
                + (standing.Topics * options.TopicPoints * Thousandths)
                + list.Freshness[candidate]
                + (standing.IsPinned ? options.PickPoints * Thousandths : 0)
                + (standing.IsLead ? options.LeadPoints * Thousandths : 0);
        }
    }

    /// <summary>The editor's picks come before all turns, and no limit but that of the slots holds them back.</summary>
    private void PickPinned()
    {
        while (!hand.IsEmpty && picks.Count < inputs.MaxItems)
        {
            var best = -1;
            foreach (var candidate in touched)
            {
                if (standings[candidate] is { IsPinned: true, Verdict: Verdict.OverLimit }
                    && (best < 0 || KeyOf(candidate) > KeyOf(best)))
                {
                    best = candidate;
                }
            }
            if (best < 0)
            {
                return;
            }
            if (storyTaken[list.Story[best]])
            {
                standings[best].Verdict = Verdict.SameStory;
            }
            else
            {
                Take(best);
            }
        }
    }

    /// <summary>
    /// Each role in turn takes its best: the one with the fewest items so far, or among equals the one whose best has most
    /// points. An item counts for every role it fits.
    /// </summary>
    private void Pick(in Profile profile, bool near)
    {
        var pools = Fill(profile, near);
        while (picks.Count < inputs.MaxItems)
        {
            var pool = -1;
            var place = -1;
            for (var i = 0; i < pools; i++)
            {
                if (pool >= 0 && shares[i] > shares[pool])
                {
                    continue;
                }
                var best = BestOf(i);
                if (best >= 0 && (pool < 0 || shares[i] < shares[pool] || keys[best] > keys[place]))
                {
                    (pool, place) = (i, best);
                }
            }
            if (pool < 0)
            {
                return;
            }
            var candidate = CandidateOf(keys[place]);
            keys[place] = keys[--poolEnds[pool]];
            if (standings[candidate].Verdict == Verdict.OverLimit && MayTake(candidate))
            {
                Take(candidate);
            }
        }
    }

    /// <returns>The number of pools: one a role, or one for a reader without any.</returns>
    private int Fill(in Profile profile, bool near)
    {
        var most = Math.Max(1, profile.Roles.Length) * (long)standings.Length;
        if (keys.Length < most)
        {
            keys = new long[most];
        }
        Array.Clear(shares);
        foreach (var candidate in picks)
        {
            Share(candidate);
        }
        var at = 0;
        if (!profile.HasRoles)
        {
            poolStarts[0] = 0;
            foreach (var candidate in touched)
            {
                AddKey(candidate, ref at);
            }
            poolEnds[0] = at;
            return 1;
        }
        for (var i = 0; i < profile.Roles.Length; i++)
        {
            poolStarts[i] = at;
            foreach (var match in near ? list.NearOf(profile.Roles[i]) : list.FittingOf(profile.Roles[i]))
            {
                AddKey(match.Candidate, ref at);
            }
            poolEnds[i] = at;
        }
        return profile.Roles.Length;
    }

    private void AddKey(int candidate, ref int at)
    {
        if (standings[candidate].Verdict == Verdict.OverLimit)
        {
            keys[at++] = KeyOf(candidate);
        }
    }

    private int BestOf(int pool)
    {
        var best = -1;
        for (var i = poolStarts[pool]; i < poolEnds[pool]; i++)
        {
            if (best < 0 || keys[i] > keys[best])
            {
                best = i;
            }
        }
        return best;
    }

    private bool MayTake(int candidate)
    {
        ref var standing = ref standings[candidate];
        if (storyTaken[list.Story[candidate]])
        {
            standing.Verdict = Verdict.SameStory;
            return false;
        }
        if (list.Publication[candidate] is >= 0 and var publication && fromPublication[publication] >= inputs.Choosing.MaxPerPublication)
        {
            standing.Verdict = Verdict.PublicationFull;
            return false;
        }
        foreach (var topic in list.Topics[candidate])
        {
            if (onTopic[topic] >= inputs.Choosing.MaxPerTopic)
            {
                standing.Verdict = Verdict.TopicFull;
                return false;
            }
        }
        return true;
    }

    private void Take(int candidate)
    {
        standings[candidate].Verdict = Verdict.Chosen;
        storyTaken[list.Story[candidate]] = true;
        Count(candidate, by: 1);
        Share(candidate);
        picks.Add(candidate);
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

    private void Share(int candidate)
    {
        for (var roles = standings[candidate].Roles; roles != 0; roles &= roles - 1)
        {
            shares[BitOperations.TrailingZeroCount(roles)]++;
        }
    }

    private long KeyOf(int candidate) => ((long)standings[candidate].Points << 32) | (uint)(int.MaxValue - candidate);

    private static int CandidateOf(long key) => int.MaxValue - (int)(uint)key;
}

/// <summary>How a candidate stands for a reader.</summary>
internal struct Standing
{
    public Verdict Verdict;

    /// <summary>A bit for each of the profile's roles it is for.</summary>
    public ulong Roles;

    /// <summary>Place in the profile of the role that gives most.</summary>
    public int Role;

    /// <summary>Points of the best role and of all, in thousandths.</summary>
    public int RoleBest;
    public int RoleSum;

    /// <summary>Of its topics, those followed.</summary>
    public int Topics;

    /// <summary>All points, in thousandths.</summary>
    public int Points;

    /// <summary>For nearby roles only: it came by widening.</summary>
    public bool IsNear;
    public bool IsPinned;
    public bool IsLead;
}

/// <summary>What became of a candidate.</summary>
internal enum Verdict : byte
{
    /// <summary>For none of the reader's roles.</summary>
    Unfit,

    /// <summary>It would do, and others have more points; also what is still open while choosing.</summary>
    OverLimit,
    Chosen,
    Seen,
    Muted,
    Excluded,

    /// <summary>Another item of this mail tells the same story.</summary>
    SameStory,
    TopicFull,
    PublicationFull,
}
