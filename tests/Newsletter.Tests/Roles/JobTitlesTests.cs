using System.Globalization;
using Newsletter.Roles;
using Xunit.Abstractions;

namespace Newsletter.Tests.Roles;

/// <summary>
/// How well titles as people write them are understood. job-titles.csv was written from the side of those who hold the
/// titles, before the rules were tuned: mend the understanding when this fails, not the list.
/// </summary>
public sealed class JobTitlesTests(ITestOutputHelper output)
{
    /// <param name="least">The share that must be right. The second and third list were run once the rules were there; the third has
    /// languages that are not read, so that it shows whether they are left alone.</param>
    [Theory]
    [InlineData("job-titles.csv", 300, 0.95, 0.01)]
    [InlineData("job-titles-held-out.csv", 150, 0.95, 0.01)]
    [InlineData("job-titles-fresh.csv", 140, 0.93, 0.01)]
    public void Job_titles_as_they_occur_are_understood_and_hardly_ever_wrongly(string file, int count, double least, double most)
    {
        var resolver = new LabelResolver(TaxonomyParser.Read(TaxonomyFile.Embedded()));
        var titles = Titles(file);
        var (right, wrong) = (0, 0);
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
        var exact = titles.Count(t => resolver.Taxonomy.Aliases.ContainsKey(RoleLabel.Normalise(t.Title.Any(char.IsLetter) ? t.Title : "x")));
        var (accuracy, confidentlyWrong) = ((double)right / titles.Count, (double)wrong / titles.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{titles.Count} titles, {exact} of them known labels: {accuracy:P1} right, {confidentlyWrong:P2} confidently wrong"));

        Assert.True(titles.Count >= count);
        Assert.True(accuracy >= least, $"{accuracy:P1} right");
        Assert.True(confidentlyWrong < most, $"{confidentlyWrong:P2} confidently wrong");
    }

    /// <summary>"title;slugs": several answers that are right are divided by "|", the roles of one answer by blanks.</summary>
    private static List<(string Title, HashSet<string> Expected)> Titles(string file) =>
        [.. File.ReadLines(Path.Combine(Root(), "tests/Newsletter.Tests/Roles", file))
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
