using Dapper;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>The 60 roles and 200 topics that readers and articles are about, the most common ones first.</summary>
internal sealed class Audience
{
    public const int RoleCount = 60;
    public const int TopicCount = 200;

    private static readonly string[] Fields =
    [
        "Agents", "Retrieval", "Language Models", "Vision", "Speech", "Robotics", "Data Platforms", "Streaming", "Observability", "Security",
        "Privacy", "Regulation", "Hardware", "Cloud Costs", "Search", "Recommendation", "Forecasting", "Education", "Design", "Open Source",
    ];

    private static readonly string[] Aspects =
    [
        "Evaluation", "Architecture", "Tooling", "Adoption", "Research", "Economics", "Governance", "Operations", "Case Studies", "Careers",
    ];

    /// <summary>Labels that are the names of roles.</summary>
    public required IReadOnlyList<(int Id, string Text)> Labels { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    public Zipf RoleWeights { get; } = new(RoleCount, 0.8);

    public Zipf TopicWeights { get; } = new(TopicCount, 0.8);

    /// <exception cref="Refusal">Invalid: the taxonomy has too few roles.</exception>
    public static async Task<Audience> ReadAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var labels = (await connection.QueryAsync<(int Id, string Text)>(
            """
            select l.id, l.text from roles r
            join label_roles lr on lr.role_id = r.id
            join labels l on l.id = lr.label_id and l.text = r.name
            order by r.id limit @RoleCount
            """, new { RoleCount })).ToArray();
        if (labels.Length < RoleCount)
        {
            throw Refusal.Invalid(
                $"The taxonomy names {labels.Length} roles by labels of their own, and the benchmark needs {RoleCount}: "
                + "look at src/Newsletter/Roles/taxonomy.json.");
        }
        var topics = Fields.SelectMany(field => Aspects.Select(aspect => $"{field}: {aspect}")).ToArray();
        var random = new Random(Seed.Of("audience"));
        random.Shuffle(labels);
        random.Shuffle(topics);
        return new Audience { Labels = labels, Topics = topics };
    }
}
