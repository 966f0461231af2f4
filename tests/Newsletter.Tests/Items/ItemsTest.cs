using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Newsletter.Items;
using Newsletter.Roles;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Items;

/// <summary>Items on a real database, and a folder for files.</summary>
public abstract class ItemsTest(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("items-");
    private ServiceProvider services = null!;

    protected TestDatabase Database => database;

    protected string Folder => folder.FullName;

    protected ItemStore Items => services.GetRequiredService<ItemStore>();

    protected ItemImport Import => services.GetRequiredService<ItemImport>();

    protected LabelStore Labels => services.GetRequiredService<LabelStore>();

    public async Task InitializeAsync()
    {
        services = new ServiceCollection().AddLogging()
            .AddNewsletter(new ConfigurationBuilder().Build(), database.ConnectionString)
            .BuildServiceProvider();
        await services.GetRequiredService<TaxonomyStore>().SeedAsync();
    }

    public async Task DisposeAsync()
    {
        folder.Delete(recursive: true);
        await services.DisposeAsync();
    }

    /// <returns>The path of a new file.</returns>
    protected string File(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>An article that no other test has.</summary>
    protected static string Text(string? title = null) =>
        Article.Text.Replace("The lift that called itself", title ?? $"Article {Guid.NewGuid()}", StringComparison.Ordinal);

    protected Task<ItemImportReport> ImportAsync(params string[] paths) => Import.RunAsync(paths, Stream.Null);

    protected async Task<long> ImportedAsync(string text) => Assert.Single((await ImportAsync(File("one.txt", text))).Items).Id!.Value;

    protected async Task<IReadOnlyList<Candidate>> CandidatesAsync()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await CandidateStore.ReadAsync(connection, DateTimeOffset.UnixEpoch, default);
    }

    protected async Task<Item> ItemAsync(long id) => (await Items.FindAsync(id))!;
}
