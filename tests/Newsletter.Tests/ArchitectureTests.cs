using System.Text.RegularExpressions;

namespace Newsletter.Tests;

/// <summary>The arrows of the picture in the README, read off the using lines and names of the source files.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Source = Path.Combine(Repository.Top, "src");

    /// <summary>A room may use these rooms of the product, and no others.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Digests"] = ["Items", "Targeting", "Subscribers", "Rendering", "Alarms", "Deliveries", "Addresses", "Restores", "Zones", "Database"],
        ["Alarms"] = ["Rendering", "Deliveries", "Addresses", "Database"],
        ["Subscribers"] = ["Targeting", "Rendering", "Alarms", "Deliveries", "Addresses", "Restores", "Zones", "Database"],
        ["Rendering"] = ["Items", "Addresses"],
        ["Items"] = ["Targeting", "Database"],
        ["Deliveries"] = ["Addresses", "Restores", "Database"],
        ["Restores"] = ["Database"],
        ["Targeting"] = ["Database"],
        ["Addresses"] = ["Database"],
        ["Editors"] = ["Database", "Addresses"],
        ["Zones"] = [],
        ["Backups"] = ["Addresses", "Database"],
        ["Database"] = [],
    };

    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Newsletter"] = [],
        ["Newsletter.Web"] = ["Newsletter"],
        ["Newsletter.Worker"] = ["Newsletter"],
        ["Newsletter.MailCatcher"] = [],
        ["Newsletter.Cli"] = ["Newsletter.Web", "Newsletter.Worker", "Newsletter.MailCatcher"],
    };

    public static TheoryData<string> Rooms => [.. Arrows.Keys];

    public static TheoryData<string> ProjectNames => [.. Projects.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_only_the_rooms_its_arrows_point_to(string room)
    {
        var wrong = Directory.GetFiles(Path.Combine(Source, "Newsletter", room), "*.cs")
            .SelectMany(file => Uses(room, File.ReadAllText(file)).Except(Arrows[room]).Select(used => $"{Path.GetFileName(file)} uses {used}"));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_room_is_in_the_picture() =>
        Assert.Equal(
            Arrows.Keys.Order(),
            Directory.GetDirectories(Path.Combine(Source, "Newsletter")).Select(d => Path.GetFileName(d)).Except(["bin", "obj"]).Order());

    [Theory]
    [InlineData("using Newsletter.Digests;\nnamespace Newsletter.Items;", "Digests")]
    [InlineData("namespace Newsletter.Items;\nclass A { Newsletter.Rendering.Fragment? f; }", "Rendering")]
    [InlineData("namespace Newsletter.Items;\nclass A { Subscribers.Subscriber? s; }", "Subscribers")]
    public void An_arrow_that_is_not_in_the_picture_is_seen(string code, string used) =>
        Assert.Contains(used, Uses("Items", code).Except(Arrows["Items"]));

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void A_project_refers_only_to_the_projects_its_arrows_point_to(string project)
    {
        var text = File.ReadAllText(Path.Combine(Source, project, project + ".csproj"));
        var referred = ProjectReference().Matches(text).Select(match => match.Groups[1].Value);

        Assert.Equal(Projects[project].Order(), referred.Order());
    }

    [Fact]
    public void The_product_speaks_no_http_and_knows_no_hangfire()
    {
        var speaking = Directory.GetFiles(Path.Combine(Source, "Newsletter"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => Http().IsMatch(File.ReadAllText(file)));

        Assert.Empty(speaking);
    }

    [Fact]
    public void Only_rendering_uses_RazorLight() =>
        Assert.All(
            Directory.GetFiles(Source, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal)),
            file => Assert.True(file.Contains("/Rendering/", StringComparison.Ordinal) || !File.ReadAllText(file).Contains("using RazorLight", StringComparison.Ordinal), file));

    /// <summary>Rooms named after a using, in a full name, or at the start of a name such as <c>Items.Depth</c>.</summary>
    private static IEnumerable<string> Uses(string room, string code) =>
        Name().Matches(Comment().Replace(code, "")).Select(match => match.Groups[1].Value).Where(used => used != room).Distinct();

    [GeneratedRegex(@"(?:Newsletter\.|(?<![\w.""/])(?=[A-Z]\w+\.[A-Z]))(Digests|Subscribers|Alarms|Rendering|Items|Deliveries|Targeting|Addresses|Editors|Backups|Restores|Zones|Database)\b(?![\w(])(?=[.;\s])")]
    private static partial Regex Name();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"ProjectReference Include=""[^""]*/([\w.]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"Microsoft\.AspNetCore\.(Http|Mvc|Builder|Routing)\b|using Hangfire")]
    private static partial Regex Http();
}
