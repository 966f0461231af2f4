namespace Newsletter.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Top { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Newsletter.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("The tests must run from within the checkout: Newsletter.sln was not found above them.");
    }
}
