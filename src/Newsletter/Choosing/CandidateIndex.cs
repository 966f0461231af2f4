using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>
/// The candidates of an edition, laid out for choosing: numbered from 0 in the order that decides between equal points
/// (newest first, then the lower id), with lists by role and by topic.
/// </summary>
internal sealed class CandidateIndex
{
    /// <summary>Points are counted in thousandths, as whole numbers: sums do not depend on their order.</summary>
    private const int Thousandths = 1000;

    private readonly Dictionary<int, Dictionary<int, (bool Fits, double Affinity)>> nearness;
    private readonly Dictionary<int, Ranking> fitting = [];
    private readonly Dictionary<int, Ranking> near = [];
    private readonly Ranking nothing;
    private readonly Dictionary<string, int> topicNumbers = new(StringComparer.OrdinalIgnoreCase);

    public CandidateIndex(PlanInputs inputs, Taxonomy taxonomy)
    {
        Candidates = [.. inputs.Candidates.OrderByDescending(c => c.PublishedAt).ThenBy(c => c.ItemId)];
        var stories = new Dictionary<long, int>();
        var publications = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        Story = [.. Candidates.Select(c => NumberOf(stories, c.StoryId))];
        Stories = stories;
        Publication = [.. Candidates.Select(c => c.Publication is null ? -1 : NumberOf(publications, c.Publication.Trim()))];
        Publications = publications.Count;
        Topics = [.. Candidates.Select(c => c.Topics.Select(t => NumberOf(topicNumbers, t.Trim())).Distinct().ToArray())];
        OnTopic = [.. topicNumbers.Select(_ => new CandidateSet(Candidates.Count))];
        for (var candidate = 0; candidate < Candidates.Count; candidate++)
        {
            Array.ForEach(Topics[candidate], topic => OnTopic[topic].Add(candidate));
        }
        var options = inputs.Choosing;
        nearness = taxonomy.Roles.ToDictionary(mine => mine.Id, mine => taxonomy.Roles.ToDictionary(
            other => other.Id, other => (taxonomy.Fits(mine.Id, other.Id), taxonomy.AffinityOf(mine.Id, other.Id))));
        Freshness = [.. Candidates.Select(c => PointsForAge(options, inputs.Day.DayNumber - DateOnly.FromDateTime(c.PublishedAt.UtcDateTime).DayNumber))];
        nothing = new Ranking(new int[Candidates.Count], Freshness);
        Everything = new Ranking([.. Candidates.Select(_ => options.RolePoints * Thousandths)], Freshness);
        foreach (var role in taxonomy.Roles)
        {
            var points = Candidates.Select((_, candidate) => PointsOf(role.Id, candidate, options)).ToList();
            AddRanking(fitting, role.Id, points.Select(p => p.Fits ? p.Points : 0));
            AddRanking(near, role.Id, points.Select(p => !p.Fits && p.Points >= options.NearestAffinity * options.RolePoints * Thousandths ? p.Points : 0));
        }
    }

    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>Each candidate's story, by number.</summary>
    public int[] Story { get; }

    /// <summary>Story id → its number, from 0.</summary>
    public IReadOnlyDictionary<long, int> Stories { get; }

    /// <summary>Each candidate's publication, by number; −1 without one.</summary>
    public int[] Publication { get; }

    public int Publications { get; }

    /// <summary>Each candidate's topics, by number.</summary>
    public int[][] Topics { get; }

    /// <summary>Each topic's candidates.</summary>
    public CandidateSet[] OnTopic { get; }

    /// <summary>Each candidate's points for freshness, in thousandths.</summary>
    public int[] Freshness { get; }

    /// <summary>The number of a topic that some candidate has; −1 for all others, which cannot matter.</summary>
    public int TopicOf(string topic) => topicNumbers.GetValueOrDefault(topic.Trim(), -1);

    /// <summary>For a reader without roles.</summary>
    public Ranking Everything { get; }

    /// <summary>What fits a reader's role: by the same role or a form of it.</summary>
    public Ranking FittingOf(int roleId) => fitting.GetValueOrDefault(roleId, nothing);

    /// <summary>What is for roles near a reader's, and does not fit.</summary>
    public Ranking NearOf(int roleId) => near.GetValueOrDefault(roleId, nothing);

    /// <summary>The role of a candidate that is closest to a reader's, and the label that means it: one that fits, where there is one.</summary>
    public CandidateRole ClosestOf(int roleId, int candidate)
    {
        var to = nearness[roleId];
        return Candidates[candidate].Roles.MaxBy(role => to.GetValueOrDefault(role.RoleId));
    }

    private void AddRanking(Dictionary<int, Ranking> rankings, int roleId, IEnumerable<int> points)
    {
        var ranking = new Ranking([.. points], Freshness);
        if (ranking.Keys.Length > 0)
        {
            rankings[roleId] = ranking;
        }
    }

    private (int Points, bool Fits) PointsOf(int roleId, int candidate, ChoosingOptions options)
    {
        var (fits, affinity) = nearness[roleId].GetValueOrDefault(ClosestOf(roleId, candidate).RoleId);
        return ((int)Math.Round(affinity * options.RolePoints * Thousandths), fits);
    }

    private static int PointsForAge(ChoosingOptions options, int days) =>
        (int)Math.Round(options.FreshnessPoints * Thousandths * Math.Pow(0.5, Math.Max(0, days) / (double)options.FreshnessHalfLifeDays));

    private static int NumberOf<T>(Dictionary<T, int> numbers, T key)
        where T : notnull
    {
        if (!numbers.TryGetValue(key, out var number))
        {
            numbers[key] = number = numbers.Count;
        }
        return number;
    }
}
