using DbUp;
using DbUp.Engine.Output;
using Newsletter.Database;
using Newsletter.Worker;
using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>
/// A fresh, migrated PostgreSQL database, one per test class: use as a class fixture. All lie on one embedded server,
/// started with the first and stopped with the test process; each is copied from a template in under 0.1 s.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static readonly Lazy<Task<EmbeddedPostgres>> Server = new(StartServerAsync);
    private static int number;
    private readonly EmbeddedPostgres? own;

    public TestDatabase()
    {
    }

    /// <param name="own">A server that is not the one of all, and has the schema.</param>
    internal TestDatabase(EmbeddedPostgres own) => this.own = own;

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public string ConnectionString { get; private set; } = null!;

    public static Task<EmbeddedPostgres> ServerAsync() => Server.Value;

    public async Task InitializeAsync() => await CreateAsync($"test_{Interlocked.Increment(ref number)}", "newsletter");

    /// <summary>Fresh again; without the schema when it is not to be migrated.</summary>
    public async Task ResetAsync(bool migrated)
    {
        await DataSource.DisposeAsync();
        await CreateAsync(new NpgsqlConnectionStringBuilder(ConnectionString).Database!, migrated ? "newsletter" : "template0");
    }

    private async Task CreateAsync(string name, string template)
    {
        var server = own ?? await Server.Value;
        await ExecuteAsync(server.AdminConnectionString, $"drop database if exists {name} with (force)");
        await ExecuteAsync(server.AdminConnectionString, $"create database {name} template {template}");
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 20 }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>The schema as it was before this migration; the database has none yet.</summary>
    public void MigrateBefore(string name)
    {
        var result = DeployChanges.To
            .PostgresqlDatabase(ConnectionString)
            .WithScriptsFromFileSystem(Migrations.Folder, file => string.CompareOrdinal(Path.GetFileName(file), name) < 0)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .JournalToPostgresqlTable("public", "schema_versions")
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        Assert.True(result.Successful, result.Error?.Message);
    }

    public async Task DisposeAsync() => await DataSource.DisposeAsync();

    private static async Task<EmbeddedPostgres> StartServerAsync()
    {
        // If the tests run as root, the server runs as another user, which must be able to enter this folder.
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pg"));
        folder.UnixFileMode |= UnixFileMode.OtherExecute;
        var server = await EmbeddedPostgres.StartAsync(
            folder.FullName,
            new Dictionary<string, string> { ["fsync"] = "off", ["max_connections"] = "300" });
        await new Migrations(server.ConnectionString + ";Pooling=false").ApplyAsync(default);
        await JobSchema.ApplyAsync(server.ConnectionString, default);
#pragma warning disable RS0030 // The event has no asynchronous form, and the process must not leave before the server does.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
#pragma warning restore RS0030
        return server;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
