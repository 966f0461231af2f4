using Newsletter.Choosing;
using Newsletter.Items;
using Newsletter.Tests.Choosing;

namespace Newsletter.Tests.Planning;

/// <summary>
/// What holds whatever the candidates, the editor's hand and the reader are: over some thousands of generated cases, the
/// same ones each time. A failure names the number of its case.
/// </summary>
public sealed class ReasonsAreCausesTests
{
    private const int Cases = 3000;
    private static readonly string[] AllTopics = ["RAG", "Agents", "Law", "Chips"];

    [Fact]
    public void Without_one_of_its_reasons_an_item_has_fewer_points_and_without_all_of_them_it_is_gone()
    {
        var kinds = new HashSet<string>();
        foreach (var (number, fixture, reader) in Generated())
        {
            var mail = fixture.Compose(reader);
            foreach (var choice in mail.Choices)
            {
                var (emptyFixture, emptyReader) = (fixture, reader);
                foreach (var cause in CausesOf(choice, reader))
                {
                    kinds.Add(cause.Kind);
                    var (otherFixture, other) = Without(fixture, reader, choice.ItemId, cause);
                    var points = otherFixture.Compose(other).Points(choice.ItemId);
                    Assert.True(points < mail.Points(choice.ItemId), $"case {number}: item {choice.ItemId} has {points} points without {cause}");
                    (emptyFixture, emptyReader) = Without(emptyFixture, emptyReader, choice.ItemId, cause);
                }
                // Who widens may get it back for a role that is only near, and that the mail then admits: no cause of it before.
                var left = emptyFixture.Compose(emptyReader).Choices.FirstOrDefault(c => c.ItemId == choice.ItemId)?.Reasons ?? [];
                Assert.True(
                    left.Count == 0 || (reader.TooFew == TooFew.Widen && left.All(r => r.Kind == "near")),
                    $"case {number}: item {choice.ItemId} comes without any reason");
            }
        }
        Assert.Equal(["lead", "leading", "pick", "role", "topic"], kinds.Order());
    }

    [Fact]
    public void A_role_that_is_no_reason_gives_no_points()
    {
        foreach (var (number, fixture, reader) in Generated().Where(c => c.Reader.Roles.Length > 1))
        {
            // The hand and widening look at all roles.
            fixture.Overrides.Clear();
            var alike = reader with { TooFew = TooFew.Skip };
            var mail = fixture.Compose(alike);
            foreach (var choice in mail.Choices)
            {
                var points = fixture.Compose(alike with { Roles = [.. choice.RoleIds] }).Points(choice.ItemId);
                Assert.True(points == mail.Points(choice.ItemId), $"case {number}: item {choice.ItemId}");
            }
        }
    }

    [Fact]
    public void The_order_in_which_things_are_given_decides_nothing()
    {
        foreach (var (number, fixture, reader) in Generated())
        {
            var random = new Random(number);
            var shuffled = new ComposerFixture
            {
                Min = fixture.Min, Max = fixture.Max, Choosing = fixture.Choosing,
                Candidates = Shuffled(fixture.Candidates), Overrides = Shuffled(fixture.Overrides),
            };
            var other = reader with { Roles = Shuffled(reader.Roles).ToArray(), Topics = Shuffled(reader.Topics).ToArray() };

            Assert.True(Told(fixture.Compose(reader)) == Told(shuffled.Compose(other)), $"case {number}");

            List<T> Shuffled<T>(IEnumerable<T> all) => [.. all.OrderBy(_ => random.Next())];
        }
    }

    [Fact]
    public void What_was_composed_before_decides_nothing()
    {
        foreach (var (number, fixture, reader) in Generated())
        {
            var open = new ComposerFixture.Open(fixture);
            var first = Told(open.Compose(reader));
            open.Compose(new TestReader(ComposerFixture.Cto, ComposerFixture.AiEngineer, ComposerFixture.Lawyer) { TooFew = TooFew.Widen });
            open.Compose(new TestReader { Topics = AllTopics });

            Assert.True(first == Told(open.Compose(reader)), $"case {number}");
        }
    }

    [Fact]
    public void No_mail_has_an_item_or_story_twice_too_many_or_what_is_ruled_out()
    {
        foreach (var (number, fixture, reader) in Generated())
        {
            var mail = fixture.Compose(reader);
            var chosen = mail.Items.Select(id => fixture.Candidates.Single(c => c.ItemId == id)).ToList();

            Assert.True(chosen.Count <= fixture.Max, $"case {number}: too many");
            Assert.True(mail.Outcome != CompositionOutcome.Composed || chosen.Count >= (reader.RolledOver ? 1 : fixture.Min), $"case {number}: too few");
            Assert.True(chosen.Select(c => c.StoryId).Distinct().Count() == chosen.Count, $"case {number}: a story twice");
            foreach (var item in chosen)
            {
                Assert.False(reader.Seen.Contains(item.StoryId), $"case {number}: {item.ItemId} was seen");
                Assert.False(item.Topics.Intersect(reader.Muted).Any(), $"case {number}: {item.ItemId} is muted");
                Assert.False(
                    fixture.Overrides.Any(o => o.Kind == OverrideKind.Exclude && o.ItemId == item.ItemId && Concerns(o, reader)),
                    $"case {number}: {item.ItemId} is excluded");
                Assert.True(
                    reader.Roles.Length == 0
                    || item.Roles.Any(r => reader.Roles.Any(mine => ComposerFixture.Taxonomy.Fits(mine, r.RoleId)))
                    || mail[item.ItemId].Reasons.Any(r => r.Kind is "near" or "pick"), $"case {number}: {item.ItemId} fits nobody");
            }
        }
    }

    [Fact]
    public void What_is_over_the_limit_has_no_more_points_than_what_was_chosen()
    {
        var compared = 0;
        foreach (var (number, fixture, reader) in Generated())
        {
            // Turns of several roles, and picks before a lead, rank above points.
            fixture.Choosing = fixture.Choosing with { MaxPerTopic = 50, MaxPerPublication = 50 };
            fixture.Overrides.RemoveAll(s => s.Kind is OverrideKind.Lead);
            var mail = fixture.Compose(reader with { Roles = [.. reader.Roles.Take(1)] });
            if (mail.Outcome == CompositionOutcome.Composed)
            {
                var worst = mail.Items.Min(mail.Points);
                foreach (var (id, score) in mail.Scores.Where(s => s.Value.Outcome == SelectionOutcome.OverLimit))
                {
                    compared++;
                    Assert.True(mail.Choices.Count == fixture.Max && score.Points <= worst, $"case {number}: item {id}");
                }
            }
        }
        Assert.InRange(compared, 500, int.MaxValue);
    }

    private static bool Concerns(ItemOverride given, TestReader reader) =>
        given.RoleId is not { } role || reader.Roles.Any(mine => ComposerFixture.Taxonomy.Fits(mine, role));

    private static string Told(ComposedMail mail) =>
        mail.Outcome + string.Join("; ", mail.Choices
            .Select(c => $"{c.ItemId} {c.Depth} {c.Section} {string.Join(", ", c.Reasons.Select(ReasonText.Sentence))}"));

    private static IEnumerable<Cause> CausesOf(Choice choice, TestReader reader)
    {
        foreach (var role in choice.RoleIds)
        {
            yield return new Cause("role", Role: role);
        }
        foreach (var reason in choice.Reasons.Where(r => r.Kind is not ("role" or "form" or "near")))
        {
            yield return new Cause(reason.Kind, Topic: reason.Kind == "topic" ? reason.ForWhom : null);
        }
        Assert.Equal(choice.Reasons.Count, choice.RoleIds.Count + choice.Reasons.Count(r => r.Kind is not ("role" or "form" or "near")));
        Assert.NotEmpty(choice.Reasons);
    }

    private static (ComposerFixture, TestReader) Without(ComposerFixture fixture, TestReader reader, long item, Cause cause) => cause.Kind switch
    {
        // Whose last role is gone did not become a reader without any, who gets the leading items.
        "role" => (fixture, reader with { Roles = [.. reader.Roles.Where(r => r != cause.Role)], HasRoles = true }),
        "topic" => (fixture, reader with { Topics = [.. reader.Topics.Where(t => t != cause.Topic)] }),
        "leading" => (fixture, reader with { HasRoles = true }),
        _ => (new ComposerFixture
        {
            Min = fixture.Min, Max = fixture.Max, Choosing = fixture.Choosing, Candidates = fixture.Candidates,
            Overrides = [.. fixture.Overrides.Where(s => s.ItemId != item || s.Kind != (cause.Kind == "pick" ? OverrideKind.Pin : OverrideKind.Lead))],
        }, reader),
    };

    private static IEnumerable<(int Number, ComposerFixture Fixture, TestReader Reader)> Generated()
    {
        for (var number = 0; number < Cases; number++)
        {
            var random = new Random(number);
            var fixture = new ComposerFixture
            {
                Min = (short)random.Next(1, 4),
                Max = (short)random.Next(3, 7),
                Choosing = new() { MaxPerTopic = random.Next(1, 6), MaxPerPublication = random.Next(1, 6), FreshnessPoints = random.Next(3) * 10 },
            };
            var items = random.Next(1, 14);
            for (var id = 1; id <= items; id++)
            {
                fixture.Put(
                    id, Some(random, 1, 3, [.. ComposerFixture.Taxonomy.Roles.Select(r => r.Id)]), random.Next(10), Some(random, 0, 2, AllTopics),
                    random.Next(3) == 0 ? null : $"Publication {random.Next(3)}", random.Next(6) == 0 ? random.Next(1, id + 1) : id);
            }
            var position = 0;
            foreach (var (kind, item) in Enumerable.Range(0, random.Next(5)).Select(_ => (KindOf(random), (long)random.Next(1, items + 1))).Distinct().ToList())
            {
                var isOrder = kind == OverrideKind.Order;
                fixture.Override(kind, item, isOrder || random.Next(2) == 0 ? null : random.Next(1, 8), isOrder ? ++position : 0);
            }
            var topics = Some(random, 0, 3, AllTopics);
            yield return (number, fixture, new TestReader(Some(random, 0, 3, [.. ComposerFixture.Taxonomy.Roles.Select(r => r.Id)]))
            {
                Topics = topics,
                Muted = random.Next(3) == 0 ? [.. AllTopics.Except(topics).Take(1)] : [],
                Depth = random.Next(4) == 0 ? (Depth)random.Next(3) : null,
                TooFew = (TooFew)random.Next(3),
                RolledOver = random.Next(5) == 0,
                Seen = Some(random, 0, 2, [.. fixture.Candidates.Select(c => c.StoryId)]),
            });
        }
    }

    private static string KindOf(Random random) => random.Next(5) switch
    {
        0 => OverrideKind.Exclude,
        1 => OverrideKind.Lead,
        2 => OverrideKind.Order,
        _ => OverrideKind.Pin,
    };

    private static T[] Some<T>(Random random, int least, int most, T[] all) =>
        [.. all.OrderBy(_ => random.Next()).Take(random.Next(least, most + 1)).Distinct()];

    /// <param name="Kind">role (also by a form of it, or near), topic, pick, lead or leading.</param>
    private sealed record Cause(string Kind, int Role = 0, string? Topic = null);
}
