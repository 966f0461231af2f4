using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>The whole product on one database, at a time that stands still, so that a kept database never grows old.</summary>
internal sealed class Product : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public Product(string connectionString, DateTimeOffset now)
    {
        Time = new FakeTimeProvider(now);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddNewsletter(new ConfigurationBuilder().Build(), connectionString)
            .BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; }

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

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
