using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Newsletter.Tests.Support.LongestFirst", "Newsletter.Tests")]

namespace Newsletter.Tests.Support;

/// <summary>Collections that take longest begin first: one that began last would run on alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        "SiteInBrowser", "SiteOfEditors", "Site", "Backups.EncryptedFileTests", "Cli.CliTests", "Cli.EndingTests", "Faults.FaultTableTests",
        "Database.EmbeddedPostgresTests", "Database.DataFolderTests", "Web.PublicAddressTests", "Restores.FileCopyTests", "Sending.SendingTests",
        "Cli.ZoneCommandsTests", "Faults.LimitsTests", "Faults.RunningEditionTests", "Backups.BackupCommandTests", "Database.DatabaseRightsTests",
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Rank);

    /// <summary>A collection of one class is called "Test collection for" and the class's full name.</summary>
    private static int Rank(ITestCollection collection)
    {
        var name = collection.DisplayName.Split(' ').FirstOrDefault(word => word.StartsWith("Newsletter.Tests.", StringComparison.Ordinal));
        var rank = Array.IndexOf(Longest, name?["Newsletter.Tests.".Length..] ?? collection.DisplayName);
        return rank < 0 ? Longest.Length : rank;
    }
}
