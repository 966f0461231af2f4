using System.Text.RegularExpressions;
using Newsletter.Tests.Support;

namespace Newsletter.Tests;

/// <summary>Holds the picture in the README against the source files: who uses whom, and where SQL is.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Source = Path.Combine(Repository.Top, "src");
    private static readonly string Product = Path.Combine(Source, "Newsletter");

    /// <summary>Room or project → what it may use, as the README draws it.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> Arrows = Picture();

    private static readonly IReadOnlyDictionary<string, HashSet<string>> TypesByRoom = FoldersOf(Product).ToDictionary(
        room => room,
        room => Files(Path.Combine(Product, room)).SelectMany(file => Declared().Matches(file.Code)).Select(match => match.Groups[1].Value).ToHashSet());

    /// <summary>Files outside of stores that may hold SQL: none of it is about the product's own rows.</summary>
    private static readonly IReadOnlyDictionary<string, string> MayHoldSql = new Dictionary<string, string>
    {
        ["Database/CopyReader.cs"] = "wraps a store's query into COPY",
        ["Database/CopyWriter.cs"] = "wraps a store's table into COPY",
        ["Database/DatabaseRights.cs"] = "asks the server for the rights of its role",
        ["Database/EmbeddedPostgres.cs"] = "creates the embedded database",
        ["Database/Migrations.cs"] = "runs the files of migrations/",
        ["Database/SessionCheck.cs"] = "asks the server about the session",
        ["Backups/DatabaseSnapshot.cs"] = "exports a snapshot for pg_dump",
        ["Newsletter.Worker/JobSchema.cs"] = "Hangfire's tables",
        ["Newsletter.Worker/StaleLocks.cs"] = "Hangfire's tables",
    };

    public static TheoryData<string> Rooms => [.. FoldersOf(Product)];

    public static TheoryData<string> Projects => [.. FoldersOf(Source)];

    [Fact]
    public void Every_room_is_in_the_picture_and_nothing_else() =>
        Assert.Equal(FoldersOf(Product).Order(), Arrows.Keys.Where(name => !name.StartsWith("Newsletter", StringComparison.Ordinal)).Order());

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_the_rooms_its_arrows_point_to_and_no_others(string room)
    {
        var uses = Files(Path.Combine(Product, room)).SelectMany(file => Uses(room, file.Code).Select(used => (file.Path, Used: used))).ToList();

        Findings.AssertNone(uses.Where(use => !ArrowsOf(room).Contains(use.Used)).Select(use => $"{use.Path} uses {use.Used}"));
        Findings.AssertNone(ArrowsOf(room).Except(uses.Select(use => use.Used))
            .Select(arrow => $"nothing in {room} uses {arrow}: take the arrow out of the README"));
    }

    [Fact]
    public void No_arrows_lead_back_to_where_they_begin()
    {
        foreach (var room in FoldersOf(Product))
        {
            var reached = new HashSet<string>();
            var next = new Stack<string>(ArrowsOf(room));
            while (next.TryPop(out var one))
            {
                Assert.True(one != room, $"{room} uses itself by way of other rooms");
                if (reached.Add(one))
                {
                    Array.ForEach(ArrowsOf(one), next.Push);
                }
            }
        }
    }

    [Theory]
    [InlineData("using Newsletter.Digests;\nnamespace Newsletter.Items;", "Digests")]
    [InlineData("namespace Newsletter.Items;\nclass A { Newsletter.Rendering.Fragment? f; }", "Rendering")]
    [InlineData("namespace Newsletter.Items;\nclass A { Subscribers.Subscriber? s; }", "Subscribers")]
    public void An_arrow_that_is_not_in_the_picture_is_seen(string code, string used) =>
        Assert.Contains(used, Uses("Items", code).Except(Arrows["Items"]));

    [Fact]
    public void A_property_named_like_a_room_is_no_use_of_it() =>
        Assert.Empty(Uses("Items", "namespace Newsletter.Items;\nclass A { int[] Digests = []; int N => Digests.Length; }"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_the_projects_its_arrows_point_to(string project)
    {
        var text = File.ReadAllText(Path.Combine(Source, project, project + ".csproj"));
        var referred = ProjectReference().Matches(text).Select(match => match.Groups[1].Value);

        Assert.Equal(Arrows.GetValueOrDefault(project, []).Order(), referred.Order());
    }

    [Fact]
    public void Sql_is_in_stores_alone()
    {
        var wrong = Files(Source)
            .Where(file => !file.Path.EndsWith("Store.cs", StringComparison.Ordinal) && HoldsSql(file.Code)).Select(file => file.Path).ToList();

        Findings.AssertNone(wrong.Where(path => !MayHoldSql.Keys.Any(known => path.EndsWith(known, StringComparison.Ordinal)))
            .Select(path => $"{path} holds SQL: move it to a file that ends in Store.cs"));
        Findings.AssertNone(MayHoldSql.Keys
            .Where(known => !wrong.Any(path => path.EndsWith(known, StringComparison.Ordinal))).Select(known => $"{known} holds no SQL any more"));
    }

    [Theory]
    [InlineData("connection.ExecuteAsync(\"update items set title = @title\");", true)]
    [InlineData("var sql = \"\"\"\n    select id\n    from items\n    \"\"\";", true)]
    [InlineData("var sql = $\"delete from {table}\";", true)]
    [InlineData("throw Refusal.Invalid(\"Select a role, and update it.\");", false)]
    [InlineData("var copied = list.Select(x => x);", false)]
    public void Sql_is_told_from_other_text(string code, bool isSql) => Assert.Equal(isSql, HoldsSql(code));

    [Fact]
    public void Choosing_has_neither_clock_nor_connection()
    {
        var impure = Files(Path.Combine(Product, "Choosing")).Where(file => Impure().IsMatch(file.Code)).Select(file => file.Path);

        Findings.AssertNone(impure);
    }

    [Fact]
    public void The_product_speaks_no_http_and_knows_no_hangfire() =>
        Findings.AssertNone(Files(Product).Where(file => Http().IsMatch(file.Code)).Select(file => file.Path));

    [Fact]
    public void Only_rendering_uses_RazorLight() =>
        Findings.AssertNone(Files(Source)
            .Where(file => !file.Path.Contains("/Rendering/", StringComparison.Ordinal) && file.Code.Contains("using RazorLight", StringComparison.Ordinal))
            .Select(file => file.Path));

    /// <returns>None for a room that is not drawn: <see cref="Every_room_is_in_the_picture_and_nothing_else"/> names it.</returns>
    private static string[] ArrowsOf(string room) => Arrows.GetValueOrDefault(room, []);

    /// <summary>Rooms named by a using, in a full name, or before one of their types, as in <c>Items.Depth</c>.</summary>
    private static IEnumerable<string> Uses(string room, string code) =>
        FullName().Matches(code).Select(match => match.Groups[1].Value).Where(TypesByRoom.ContainsKey)
            .Concat(PartName().Matches(code)
                .Where(match => TypesByRoom.TryGetValue(match.Groups[1].Value, out var types) && types.Contains(match.Groups[2].Value))
                .Select(match => match.Groups[1].Value))
            .Where(used => used != room).Distinct();

    private static bool HoldsSql(string code) => Sql().IsMatch(code);

    private static IEnumerable<string> FoldersOf(string folder) =>
        Directory.GetDirectories(folder).Select(Path.GetFileName).OfType<string>().Except(["bin", "obj"]);

    /// <summary>All C# files in and below a folder, comments left out.</summary>
    private static IEnumerable<(string Path, string Code)> Files(string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Select(file => (File: file, Path: Path.GetRelativePath(Repository.Top, file).Replace('\\', '/')))
        .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal) && !file.Path.Contains("/bin/", StringComparison.Ordinal))
        .Select(file => (file.Path, Comment().Replace(File.ReadAllText(file.File), "")));

    private static Dictionary<string, string[]> Picture()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Top, "README.md"));
        return Arrow().Matches(readme)
            .SelectMany(line => Names(line.Groups[1].Value).Select(from => (From: from, To: Names(line.Groups[2].Value).Except(["nothing"]).ToArray())))
            .ToDictionary(arrow => arrow.From, arrow => arrow.To);

        static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"^([A-Z][\w., ]*?) +→ ([\w., ]+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"Newsletter\.(\w+)")]
    private static partial Regex FullName();

    [GeneratedRegex(@"(?<![\w.""])([A-Z]\w+)\.([A-Z]\w+)")]
    private static partial Regex PartName();

    [GeneratedRegex(@"^\s*(?:public|internal)[\w ]*? (?:class|record|struct|enum|interface)(?: struct| class)? (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"ProjectReference Include=""[^""]*/([\w.]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"Microsoft\.AspNetCore\.(Http|Mvc|Builder|Routing)\b|using Hangfire")]
    private static partial Regex Http();

    [GeneratedRegex(@"\bNpgsql|\bDapper|TimeProvider|DateTime(Offset)?\.(Utc)?Now|\bFile\.|Stopwatch")]
    private static partial Regex Impure();

    /// <summary>A statement at the beginning of a string, or of a line in a raw one. Lower case, as all SQL here.</summary>
    [GeneratedRegex(
        @"(?:""|^\s*)(?:select\s+[\w*@'(]|insert into |update \w+( \w+)? set|update \{|delete from |truncate |alter |"
        + @"create (?:table|index|temporary|database|schema)|copy [{(\w]|with \w+ as |lock table |set (?:local |jit|plan)|analyze |drop )",
        RegexOptions.Multiline)]
    private static partial Regex Sql();
}
