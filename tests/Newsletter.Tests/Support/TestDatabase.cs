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
    private UsedDatabase? used;

    public TestDatabase()
    {
    }

    /// <param name="template">What it is a copy of.</param>
    internal TestDatabase(string template) => this.template = template;

    /// <param name="own">A server that is not the one of all, and has the schema.</param>
    internal TestDatabase(EmbeddedPostgres own) => (this.own, template) = (own, TestServer.Migrated);

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public string ConnectionString { get; private set; } = null!;

    /// <summary>The program's roles are in it from the start.</summary>
    public bool IsSeeded => template == TestServer.Seeded;

    public static Task<EmbeddedPostgres> ServerAsync() => TestServer.StartedAsync();

    public async Task InitializeAsync()
    {
        var server = await ServerOfAsync();
        used = IsSeeded ? UsedDatabases.Take() ?? await CopyAsync(server) : await CopyAsync(server);
        DataSource = used.Pool;
        // Not the same one twice: pools of connections outlive the test that made them.
        var unlike = FormattableString.Invariant($";Connection Idle Lifetime={300 + Interlocked.Increment(ref number)}");
        ConnectionString = ConnectionStringOf(server, used.Name) + unlike;
    }

    /// <summary>Fresh again, by another name; without the schema when it is not to be migrated, without roles when it is not to be seeded.</summary>
    public Task ResetAsync(bool migrated, bool seeded = true) =>
        ResetAsync(!migrated ? TestServer.Empty : seeded ? TestServer.Seeded : TestServer.Migrated);

    internal async Task ResetAsync(string copied)
    {
        await DisposeAsync();
        template = copied;
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
        if (own is null && IsSeeded && await UsedDatabases.GiveBackAsync(used!))
        {
            return;
        }
        await DataSource.DisposeAsync();
        if (own is null)
        {
            await TestServer.ExecuteAsync(await ServerOfAsync(), $"drop database {used!.Name} with (force)");
        }
    }

    private async Task<UsedDatabase> CopyAsync(EmbeddedPostgres server)
    {
        var first = own is null ? await UsedDatabases.FirstTransactionAsync() : 0;
        var name = $"test_{Interlocked.Increment(ref number)}";
        await TestServer.CopyAsync(server, name, template);
        return new(name, DatabaseRegistration.DataSourceOf(ConnectionStringOf(server, name)), first);
    }

    private static string ConnectionStringOf(EmbeddedPostgres server, string name) =>
        TestServer.Quick(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 20 }.ConnectionString);

    private async Task<EmbeddedPostgres> ServerOfAsync() => own ?? await TestServer.StartedAsync();
}
