using System.Globalization;
using Newsletter.Targeting;
using Xunit.Abstractions;

namespace Newsletter.Tests.Targeting;

/// <summary>
/// How well titles as people write them are understood. job-titles.csv was written from the side of those who hold the
/// titles, before the rules were tuned: mend the understanding when this fails, not the list.
/// </summary>
public sealed class JobTitlesTests(ITestOutputHelper output)
{
    [Fact]
    public void Job_titles_as_they_occur_are_understood_and_hardly_ever_wrongly()
    {
        var resolver = new LabelResolver(Taxonomy.From(TaxonomyFile.Embedded()));
        var titles = Titles();
        var (right, wrong, exact) = (0, 0, 0);
        foreach (var (title, expected) in titles)
        {
            var found = resolver.Resolve(title);
            var answer = string.Join(' ', found.Roles.Select(r => r.Slug).Order(StringComparer.Ordinal));
            if (expected.Contains(answer))
            {
                right++;
                continue;
            }
            if (answer.Length > 0)
            {
                wrong++;
            }

            output.WriteLine($"{title}: {(answer.Length > 0 ? answer : "nothing")} ({found.Confidence}), not {string.Join(" or ", expected)}");
        }
        exact = titles.Count(t => resolver.Taxonomy.Aliases.ContainsKey(RoleLabel.Normalise(t.Title.Any(char.IsLetter) ? t.Title : "x")));
        var (accuracy, confidentlyWrong) = ((double)right / titles.Count, (double)wrong / titles.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{titles.Count} titles, {exact} of them known labels: {accuracy:P1} right, {confidentlyWrong:P2} confidently wrong"));

        Assert.True(titles.Count >= 300);
        Assert.True(accuracy >= 0.95, $"{accuracy:P1} right");
        Assert.True(confidentlyWrong < 0.01, $"{confidentlyWrong:P2} confidently wrong");
    }

    /// <summary>"title;slugs": several answers that are right are divided by "|", the roles of one answer by blanks.</summary>
    private static List<(string Title, HashSet<string> Expected)> Titles() =>
        [.. File.ReadLines(Path.Combine(Root(), "tests/Newsletter.Tests/Targeting/job-titles.csv"))
            .Skip(1)
            .Where(line => line.Length > 0)
            .Select(line => line.Split(';'))
            .Select(cells => (cells[0], cells[1].Split('|')
                .Select(answer => string.Join(' ', answer.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)))
                .ToHashSet()))];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Newsletter.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
