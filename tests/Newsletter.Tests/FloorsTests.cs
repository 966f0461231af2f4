using System.Text.Json;

namespace Newsletter.Tests;

/// <summary>
/// Versions below which a dependency, direct or not, has a known vulnerability. Asserted here since not every registry
/// carries advisories.
/// </summary>
public sealed class FloorsTests
{
    public static TheoryData<string, string, string> Floors => new()
    {
        { "BouncyCastle.Cryptography", "2.3.1", "CVE-2024-30171" },
        { "MimeKit", "4.15.1", "CVE-2026-30227" },
        { "MailKit", "4.16.0", "CVE-2026-41319" },
        { "Newtonsoft.Json", "13.0.3", "CVE-2024-21907" },
        { "Npgsql", "10.0.0", "Hangfire.PostgreSql needs its synchronous calls, which 11 is to forbid" },
    };

    [Theory]
    [MemberData(nameof(Floors))]
    public void A_package_is_at_or_above_its_floor(string package, string floor, string why)
    {
        var versions = Restored().Where(p => p.Name == package).Select(p => p.Version).ToList();

        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.True(version >= Version.Parse(floor), $"{package} {version} is below {floor}: {why}"));
    }

    [Fact]
    public void Npgsql_stays_below_11() => Assert.All(Restored().Where(p => p.Name == "Npgsql"), p => Assert.True(p.Version.Major < 11));

    private static IEnumerable<(string Name, Version Version)> Restored() =>
        Directory.GetFiles(Repository.Top, "project.assets.json", SearchOption.AllDirectories).SelectMany(file =>
        {
            using var assets = JsonDocument.Parse(File.ReadAllText(file));
            return assets.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package")
                .Select(library => library.Name.Split('/'))
                .Select(parts => (parts[0], Version.Parse(parts[1].Split('-')[0])))
                .ToList();
        });
}
