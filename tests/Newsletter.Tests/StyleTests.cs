using Newsletter.Tests.Support;

namespace Newsletter.Tests;

/// <summary>The layout of source files, as far as the analyzers of the build do not check it. Mail templates are as wide as HTML in mails must be.</summary>
public sealed class StyleTests
{
    private const int Columns = 160;

    private static readonly string[] Kinds = [".cs", ".cshtml", ".css", ".js", ".sql", ".csproj", ".props"];

    [Fact]
    public void No_line_is_longer_than_160_columns()
    {
        Assert.NotEmpty(Lines());
        Findings.AssertNone(Lines().Where(line => line.Text.Length > Columns).Select(line => $"{line.Path}:{line.Number} has {line.Text.Length} columns"));
    }

    [Fact]
    public void One_blank_line_separates_and_none_stands_inside_a_brace() => Findings.AssertNone(Lines()
        .Zip(Lines().Skip(1))
        .Where(pair => pair.First.Path == pair.Second.Path)
        .Where(pair => IsBlank(pair.Second.Text)
            ? IsBlank(pair.First.Text) || pair.First.Text.EndsWith('{')
            : IsBlank(pair.First.Text) && pair.Second.Text.TrimStart().StartsWith('}'))
        .Select(pair => $"{pair.Second.Path}:{pair.Second.Number} is a blank line too many"));

    private static bool IsBlank(string text) => string.IsNullOrWhiteSpace(text);

    private static IEnumerable<(string Path, int Number, string Text)> Lines() =>
        from folder in (string[])["src", "tests", "migrations"]
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Top, folder), "*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Repository.Top, file)
        where Kinds.Contains(Path.GetExtension(path)) && !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules")
        from line in File.ReadLines(file).Select((text, index) => (path, index + 1, text))
        select line;
}
