using DbUp;
using DbUp.Engine.Output;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>
/// A fresh PostgreSQL database with the schema and the program's roles, one per test class: use as a class fixture. All lie on
/// one <see cref="TestServer"/>; each is copied from a template in under 0.1 s.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static int number;
    private readonly EmbeddedPostgres? own;
    private string template = TestServer.Seeded;
    private string name = "";

    public TestDatabase()
    {
    }

    /// <param name="own">A server that is not the one of all, and has the schema.</param>
    internal TestDatabase(EmbeddedPostgres own) => (this.own, template) = (own, "newsletter");

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public string ConnectionString { get; private set; } = null!;

    /// <summary>The program's roles are in it from the start.</summary>
    public bool IsSeeded => template == TestServer.Seeded;

    public static Task<EmbeddedPostgres> ServerAsync() => TestServer.StartedAsync();

    public async Task InitializeAsync()
    {
        var server = await ServerOfAsync();
        // A new name each time: pools of connections outlive the database that they lead to.
        name = $"test_{Interlocked.Increment(ref number)}";
        // Copying files takes half the time of copying pages, and brings PostgreSQL's own caches along.
        await TestServer.ExecuteAsync(server, $"create database {name} template {template} strategy file_copy");
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 20 }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>Fresh again, by another name; without the schema when it is not to be migrated, without roles when it is not to be seeded.</summary>
    public async Task ResetAsync(bool migrated, bool seeded = true)
    {
        template = !migrated ? "template0" : seeded ? TestServer.Seeded : TestServer.Migrated;
        await DisposeAsync();
        await InitializeAsync();
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

    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (own is null)
        {
            await TestServer.ExecuteAsync(await ServerOfAsync(), $"drop database {name} with (force)");
        }
    }

    private async Task<EmbeddedPostgres> ServerOfAsync() => own ?? await TestServer.StartedAsync();
}
