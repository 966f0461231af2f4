namespace Newsletter.Choosing;

/// <summary>The candidates for one role with their points, ordered by rank.</summary>
internal sealed class Ranking
{
    /// <param name="points">Each candidate's points for the role, in thousandths; 0 if it is not for the role.</param>
    /// <param name="freshness">Each candidate's points for freshness, in thousandths.</param>
    public Ranking(int[] points, int[] freshness)
    {
        Points = points;
        Members = new CandidateSet(points.Length);
        var keys = new List<RankKey>();
        for (var candidate = 0; candidate < points.Length; candidate++)
        {
            if (points[candidate] > 0)
            {
                Members.Add(candidate);
                keys.Add(new RankKey(points[candidate] + freshness[candidate], candidate));
            }
        }
        keys.Sort();
        Keys = [.. keys];
    }

    /// <summary>By candidate, in thousandths.</summary>
    public int[] Points { get; }

    public CandidateSet Members { get; }

    /// <summary>Highest rank first, for a reader with only this role and no followed topics or overrides.</summary>
    public RankKey[] Keys { get; }
}
