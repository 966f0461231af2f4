using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Database;
using Newsletter.Roles;
using Newsletter.Worker;
using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>
/// The embedded server of all tests, started with the first and stopped with the test process. Its templates stay from one run to
/// the next, and are made again when a migration or the roles have changed.
/// </summary>
internal static class TestServer
{
    /// <summary>PostgreSQL's own template, in which there is nothing.</summary>
    public const string Empty = "template0";

    /// <summary>A template with the schema.</summary>
    public const string Migrated = "newsletter";

    /// <summary>A template with the schema and the program's roles.</summary>
    public const string Seeded = "seeded";

    /// <summary>A crash may lose everything, and nobody cares: what a test left is gone with its database.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["fsync"] = "off",
        ["synchronous_commit"] = "off",
        ["full_page_writes"] = "off",
        ["wal_level"] = "minimal",
        ["max_wal_senders"] = "0",
        ["max_connections"] = "300",
        // It would go round all these databases for nothing.
        ["autovacuum"] = "off",
    };

    private static readonly Lazy<Task<EmbeddedPostgres>> Server = new(StartAsync);
    private static readonly ConcurrentDictionary<string, NpgsqlDataSource> Admins = new();

    public static Task<EmbeddedPostgres> StartedAsync() => Server.Value;

    /// <summary>Without the list of all types, which each pool of connections reads first, and nobody needs who uses PostgreSQL's own.</summary>
    public static string Quick(string connectionString) =>
        connectionString + ";Server Compatibility Mode=NoTypeLoading";

    /// <summary>
    /// Copying files takes half the time of copying pages, and brings PostgreSQL's own caches along. Before version 15 there is no other way.
    /// </summary>
    public static async Task CopyAsync(EmbeddedPostgres server, string name, string template)
    {
        var isChosen = int.Parse((string)(await ScalarAsync(server, "show server_version_num"))!, CultureInfo.InvariantCulture) >= 150_000;
        await ExecuteAsync(server, $"create database {name} template {template}" + (isChosen ? " strategy file_copy" : ""));
    }

    public static async Task ExecuteAsync(EmbeddedPostgres server, string sql) => await ScalarAsync(server, sql);

    private static async Task<EmbeddedPostgres> StartAsync()
    {
        // It takes its log for good where it is first used: not from a host, which ends before a later test does.
        RuntimeHelpers.RunClassConstructor(typeof(Hangfire.PostgreSql.PostgreSqlObjectsInstaller).TypeHandle);
        // If the tests run as root, the server runs as another user, which must be able to enter this folder.
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pg"));
        folder.UnixFileMode |= UnixFileMode.OtherExecute;
        var server = await EmbeddedPostgres.StartAsync(folder.FullName, Settings);
#pragma warning disable RS0030 // The event has no asynchronous form, and the process must not leave before the server does.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
#pragma warning restore RS0030
        await DropLeftOversAsync(server);
        await MakeTemplatesAsync(server);
        return server;
    }

    /// <summary>Those of a run that was killed.</summary>
    private static async Task DropLeftOversAsync(EmbeddedPostgres server)
    {
        var names = await ScalarAsync(server, "select string_agg(datname, ' ') from pg_database where datname like 'test\\_%'") as string;
        foreach (var name in names?.Split(' ') ?? [])
        {
            await ExecuteAsync(server, $"drop database {name} with (force)");
        }
    }

    private static async Task MakeTemplatesAsync(EmbeddedPostgres server)
    {
        var hash = await HashAsync();
        var made = await ScalarAsync(server, $"select shobj_description(oid, 'pg_database') from pg_database where datname = '{Seeded}'");
        if (made is string same && same == hash)
        {
            return;
        }
        await ExecuteAsync(server, $"drop database if exists {Seeded} with (force)");
        await ExecuteAsync(server, $"drop database if exists {Migrated} with (force)");
        await ExecuteAsync(server, $"create database {Migrated}");
        await new Migrations(server.ConnectionString + ";Pooling=false").ApplyAsync(default);
        await JobSchema.ApplyAsync(server.ConnectionString + ";Pooling=false", default);
        await ExecuteAsync(server, $"create database {Seeded} template {Migrated}");
        var connectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Seeded, Pooling = false }.ConnectionString;
        await using (var database = NpgsqlDataSource.Create(connectionString))
        {
            await new TaxonomyStore(database, new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero))).SeedAsync();
        }
        // The last step: without it they are made again.
        await ExecuteAsync(server, $"comment on database {Seeded} is '{hash}'");
    }

    /// <summary>Of all that the templates are made of: the migrations, the program with the roles, and the one that makes the tables of the jobs.</summary>
    private static async Task<string> HashAsync()
    {
        var all = new StringBuilder();
        foreach (var name in Migrations.Names)
        {
            all.Append(name).Append(await File.ReadAllTextAsync(Path.Combine(Migrations.Folder, name)));
        }
        all.Append(typeof(TaxonomyStore).Module.ModuleVersionId)
            .Append(typeof(JobSchema).Module.ModuleVersionId).Append(typeof(Hangfire.PostgreSql.PostgreSqlStorage).Module.ModuleVersionId);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private static async Task<object?> ScalarAsync(EmbeddedPostgres server, string sql)
    {
        var admin = Admins.GetOrAdd(server.AdminConnectionString, to => NpgsqlDataSource.Create(Quick(to)));
        await using var command = admin.CreateCommand(sql);
        command.CommandTimeout = 120;
        return await command.ExecuteScalarAsync();
    }
}
