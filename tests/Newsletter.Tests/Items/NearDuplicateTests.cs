using System.Text.Json;
using Newsletter.Items;

namespace Newsletter.Tests.Items;

/// <summary>Pairs of items that a person called the same story or not, before the rules were tuned.</summary>
public sealed class NearDuplicateTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Pair[] Pairs =
    [
        .. File.ReadLines(Path.Combine(Repository.Top, "tests/Newsletter.Tests/Items/story-pairs.jsonl")).Select(line => JsonSerializer.Deserialize<Pair>(line, Json)!),
    ];

    [Fact]
    public void Of_the_labelled_pairs_none_is_wrongly_made_one_and_nearly_all_that_are_one_are_found()
    {
        var found = Pairs.Where(pair => NearDuplicate.Is(Text(pair.A), Text(pair.B))).ToList();
        var right = found.Count(pair => pair.Same);
        var (precision, recall) = ((double)right / found.Count, (double)right / Pairs.Count(pair => pair.Same));

        Assert.True(Pairs.Length >= 40);
        Assert.True(precision >= 1 && recall >= 0.95,
            $"precision {precision:P1}, recall {recall:P1}; wrong: {string.Join("; ", Pairs.Where(pair => pair.Same != found.Contains(pair)).Select(pair => pair.Why))}");
    }

    [Fact]
    public void What_is_found_does_not_depend_on_which_came_first() =>
        Assert.All(Pairs, pair => Assert.Equal(NearDuplicate.Is(Text(pair.A), Text(pair.B)), NearDuplicate.Is(Text(pair.B), Text(pair.A))));

    [Fact]
    public void Pairs_that_are_one_story_share_a_mark_and_few_others_do()
    {
        var shared = Pairs.Where(pair => StoryMarks.Of(Text(pair.A)).Intersect(StoryMarks.Of(Text(pair.B))).Any()).ToList();

        Assert.Empty(Pairs.Where(pair => NearDuplicate.Is(Text(pair.A), Text(pair.B))).Except(shared).Select(pair => pair.Why));
        var marks = Pairs.Select(pair => StoryMarks.Of(Text(pair.A))).ToList();
        Assert.InRange(marks.SelectMany((one, i) => marks.Skip(i + 1).Where(other => one.Intersect(other).Any())).Count(), 0, 3);
    }

    private static StoryText Text(Told told) => new(told.Title, told.Summary, told.Url is null ? null : ItemUrl.Canonical(told.Url), told.PublishedAt);

    private sealed record Pair(bool Same, string Why, Told A, Told B);

    private sealed record Told(string Title, string? Summary, string? Url, DateTimeOffset? PublishedAt);
}
