namespace Newsletter.Choosing;

/// <summary>The candidates for one role, with the points they have for it; best first where nothing else counts.</summary>
internal sealed class Ranking
{
    /// <param name="points">Each candidate's for the role, in thousandths; 0 for what is not for it.</param>
    /// <param name="freshness">Each candidate's points for freshness.</param>
    public Ranking(int[] points, int[] freshness)
    {
        Points = points;
        Members = new CandidateSet(points.Length);
        var keys = new List<long>();
        for (var candidate = 0; candidate < points.Length; candidate++)
        {
            if (points[candidate] > 0)
            {
                Members.Add(candidate);
                keys.Add(KeyOf(points[candidate] + freshness[candidate], candidate));
            }
        }
        keys.Sort();
        keys.Reverse();
        Keys = [.. keys];
    }

    public int[] Points { get; }

    public CandidateSet Members { get; }

    /// <summary>Descending, for a reader to whom only this role and freshness count.</summary>
    public long[] Keys { get; }

    /// <summary>Points above, and below them what makes a lower number win: a higher key is chosen first.</summary>
    public static long KeyOf(int points, int candidate) => ((long)points << 32) | (uint)(int.MaxValue - candidate);

    public static int CandidateOf(long key) => int.MaxValue - (int)(uint)key;
}
