using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>The whole product on one database.</summary>
internal sealed class Product : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("newsletter-benchmark-");

    /// <summary>At a time that stands still, so that a kept database never grows old.</summary>
    public Product(string connectionString, DateTimeOffset now)
        : this(connectionString, new FakeTimeProvider(now), new Dictionary<string, string?>())
    {
    }

    public Product(string connectionString, TimeProvider time, IReadOnlyDictionary<string, string?> settings) =>
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(time)
            .AddNewsletter(
                new ConfigurationBuilder().AddInMemoryCollection(settings).AddInMemoryCollection([new("Data:Directory", folder.FullName)]).Build(),
                connectionString)
            .BuildServiceProvider();

    /// <summary>The time that stands still.</summary>
    public FakeTimeProvider Time => (FakeTimeProvider)Get<TimeProvider>();

    public NpgsqlDataSource Database => Get<NpgsqlDataSource>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Runs SQL for as long as it takes.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var command = Database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
