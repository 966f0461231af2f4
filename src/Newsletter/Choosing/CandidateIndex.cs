using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>
/// The candidates of an edition, indexed by role, topic and story. Their numbers, from 0, follow the tie-break for equal points: newest
/// first, then the lower item id.
/// </summary>
internal sealed class CandidateIndex
{
    /// <summary>Points are integers, in thousandths: floating-point sums would depend on the order of their terms.</summary>
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

    /// <summary>By candidate: the number of its story.</summary>
    public int[] Story { get; }

    /// <summary>Story id → number, from 0.</summary>
    public IReadOnlyDictionary<long, int> Stories { get; }

    /// <summary>By candidate: the number of its publication; −1 without one.</summary>
    public int[] Publication { get; }

    /// <summary>How many publications there are; they are numbered from 0.</summary>
    public int Publications { get; }

    /// <summary>By candidate: the numbers of its topics.</summary>
    public int[][] Topics { get; }

    /// <summary>By topic: its candidates.</summary>
    public CandidateSet[] OnTopic { get; }

    /// <summary>By candidate: points for freshness, in thousandths.</summary>
    public int[] Freshness { get; }

    /// <summary>The number of a topic; −1 if no candidate has it, since it then has no effect. Ignores letter case and outer blanks.</summary>
    public int TopicOf(string topic) => topicNumbers.GetValueOrDefault(topic.Trim(), -1);

    /// <summary>All candidates, for a reader without roles.</summary>
    public Ranking Everything { get; }

    /// <summary>Candidates that fit a reader's role: for the same role or a form of it.</summary>
    public Ranking FittingOf(int roleId) => fitting.GetValueOrDefault(roleId, nothing);

    /// <summary>Candidates for roles near a reader's role that do not fit.</summary>
    public Ranking NearOf(int roleId) => near.GetValueOrDefault(roleId, nothing);

    /// <summary>The candidate's role that is closest to a reader's role, with its label: one that fits, if there is one.</summary>
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
