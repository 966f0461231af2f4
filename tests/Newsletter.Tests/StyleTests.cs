namespace Newsletter.Tests;

/// <summary>What every file of the source has in common, beside what the analyzers of the build check.</summary>
public sealed class StyleTests
{
    private const int Columns = 160;

    private static readonly string[] Kinds = [".cs", ".cshtml", ".css", ".js", ".sql", ".csproj", ".props"];

    [Fact]
    public void No_line_is_longer_than_160_columns() => AssertNone(Lines()
        .Where(line => line.Text.Length > Columns)
        .Select(line => $"{line.Path}:{line.Number} has {line.Text.Length} columns"));

    [Fact]
    public void One_blank_line_separates_and_none_stands_inside_a_brace() => AssertNone(Lines()
        .Zip(Lines().Skip(1))
        .Where(pair => pair.First.Path == pair.Second.Path && IsBlank(pair.Second.Text) && (IsBlank(pair.First.Text) || pair.First.Text.EndsWith('{'))
            || IsBlank(pair.First.Text) && pair.Second.Text.TrimStart().StartsWith('}'))
        .Select(pair => $"{pair.Second.Path}:{pair.Second.Number} is a blank line too many"));

    private static bool IsBlank(string text) => string.IsNullOrWhiteSpace(text);

    private static IEnumerable<(string Path, int Number, string Text)> Lines() =>
        from folder in (string[])["src", "tests", "migrations"]
        from path in Directory.EnumerateFiles(Path.Combine(Repository.Top, folder), "*", SearchOption.AllDirectories)
        where Kinds.Contains(Path.GetExtension(path)) && !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules")
        from line in File.ReadLines(path).Select((text, index) => (Path.GetRelativePath(Repository.Top, path), index + 1, text))
        select line;

    private static void AssertNone(IEnumerable<string> findings) => Assert.Empty(findings);
}
