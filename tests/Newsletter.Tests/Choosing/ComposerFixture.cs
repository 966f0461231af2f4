using Newsletter.Choosing;
using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Tests.Choosing;

/// <summary>An edition in memory: a small taxonomy, and the candidates and overrides that tests add.</summary>
internal sealed class ComposerFixture
{
    public const int Cto = 1;
    public const int Vp = 2;
    public const int Engineer = 3;

    /// <summary>A narrower form of <see cref="Engineer"/>.</summary>
    public const int AiEngineer = 4;
    public const int Journalist = 5;

    /// <summary>Connected with none of the others.</summary>
    public const int Lawyer = 6;
    public const int Teacher = 7;

    public static readonly DateOnly Day = new(2026, 3, 2);

    public static readonly Taxonomy Taxonomy = new(
        1,
        [
            new Role(Cto, "cto", "CTO", RoleLevel.Executive, ["engineering"], "executives"),
            new Role(Vp, "vp", "VP of Engineering", RoleLevel.Vp, ["engineering"], "engineering"),
            new Role(Engineer, "engineer", "Engineer", RoleLevel.Individual, ["engineering"], "engineering"),
            new Role(AiEngineer, "ai-engineer", "AI Engineer", RoleLevel.Individual, ["ai-ml", "engineering"], "data-and-ai"),
            new Role(Journalist, "journalist", "Journalist", RoleLevel.Observer, ["media"], "media"),
            new Role(Lawyer, "lawyer", "Lawyer", RoleLevel.Individual, ["legal"], "law-and-policy"),
            new Role(Teacher, "teacher", "Teacher", RoleLevel.Individual, ["education"], "education"),
        ],
        new Dictionary<string, IReadOnlyList<Role>>(),
        [(AiEngineer, Engineer)],
        new Dictionary<(int, int), double> { [(Cto, Vp)] = 0.8 });

    public List<Candidate> Candidates { get; init; } = [];

    public List<ItemOverride> Overrides { get; init; } = [];

    public ChoosingOptions Choosing { get; set; } = new();

    public short Min { get; set; } = 1;

    public short Max { get; set; } = 8;

    public ComposerFixture Put(long id, int role, int age = 0, string[]? topics = null, string? publication = null, long? story = null) =>
        Put(id, [role], age, topics, publication, story);

    public ComposerFixture Put(long id, int[] roles, int age = 0, string[]? topics = null, string? publication = null, long? story = null)
    {
        Candidates.Add(new Candidate
        {
            ItemId = id,
            RevisionId = id + 1000,
            StoryId = story ?? id,
            Title = $"Item {id}",
            PublishedAt = new DateTimeOffset(Day.AddDays(-age), new TimeOnly(12, 0), TimeSpan.Zero),
            Roles = [.. roles.Select(r => new CandidateRole(r, Taxonomy.Roles[r - 1].Name))],
            Topics = topics ?? [],
            Publication = publication,
        });
        return this;
    }

    public ComposerFixture Override(string kind, long item, int? role = null, int position = 0)
    {
        Overrides.Add(new ItemOverride { ItemId = item, RoleId = role, Kind = kind, Position = position });
        return this;
    }

    public ComposedMail Compose(TestReader reader) => new ComposerFixture.Open(this).Compose(reader);

    /// <summary>Composes for many readers, as planning does.</summary>
    public sealed class Open
    {
        private readonly Composer composer;

        public Open(ComposerFixture fixture) => composer = new Composer(
            new PlanInputs
            {
                MinItems = fixture.Min, MaxItems = fixture.Max, CandidateDays = 30, Day = Day,
                Choosing = fixture.Choosing, Candidates = fixture.Candidates, Overrides = fixture.Overrides,
            },
            Taxonomy);

        public ComposedMail Compose(TestReader reader)
        {
            var index = composer.Index;
            var seen = new ulong[(index.Stories.Count + 63) / 64];
            foreach (var story in reader.Seen.Where(index.Stories.ContainsKey).Select(s => index.Stories[s]))
            {
                seen[story >> 6] |= 1UL << story;
            }
            var outcome = composer.Compose(
                new Profile
                {
                    Roles = [.. reader.Roles.Where(role => composer.Matters(role, reader.TooFew)).Distinct().Order()],
                    HasRoles = reader.HasRoles ?? reader.Roles.Length > 0,
                    Topics = Numbers(reader.Topics),
                    Muted = Numbers(reader.Muted),
                    Depth = reader.Depth,
                    TooFew = reader.TooFew,
                    RolledOver = reader.RolledOver,
                },
                seen);
            return new ComposedMail(
                outcome,
                [.. composer.Numbers.Select(number => composer.Choices.ElementAt(number - 1))],
                Enumerable.Range(0, index.Candidates.Count).ToDictionary(c => index.Candidates[c].ItemId, c => composer[c]));
        }

        private int[] Numbers(string[] topics) => [.. topics.Select(composer.Index.TopicOf).Where(t => t >= 0).Distinct().Order()];
    }
}

/// <summary>A reader of the fixture's edition.</summary>
internal sealed record TestReader(params int[] Roles)
{
    /// <summary>Null: by <see cref="Roles"/>. True without any: named some, and all wait for review.</summary>
    public bool? HasRoles { get; init; }
    public string[] Topics { get; init; } = [];
    public string[] Muted { get; init; } = [];
    public Depth? Depth { get; init; }
    public TooFew TooFew { get; init; }
    public bool RolledOver { get; init; }

    /// <summary>Stories.</summary>
    public long[] Seen { get; init; } = [];
}

/// <summary>What was composed, and the score of every candidate.</summary>
internal sealed record ComposedMail(CompositionOutcome Outcome, IReadOnlyList<Choice> Choices, IReadOnlyDictionary<long, CandidateScore> Scores)
{
    public IEnumerable<long> Items => Choices.Select(c => c.ItemId);

    public int Points(long item) => Scores[item].Points;

    public SelectionOutcome OutcomeOf(long item) => Scores[item].Outcome;

    public Choice this[long item] => Choices.Single(c => c.ItemId == item);
}
