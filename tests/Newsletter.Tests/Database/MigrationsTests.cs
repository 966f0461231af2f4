using Newsletter.Database;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Database;

public sealed class MigrationsTests
{
    [Fact]
    public async Task Processes_that_migrate_at_once_apply_each_file_once()
    {
        var connectionString = await EmptyDatabaseAsync("migrate_at_once");

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new Migrations(connectionString).ApplyAsync(default))));

        var files = Directory.GetFiles(Migrations.Folder, "*.sql").Select(Path.GetFileName).Order();
        Assert.Equal(files, applied.SelectMany(names => names).Order());
    }

    [Fact]
    public async Task An_older_schema_is_refused_with_the_command_that_mends_it()
    {
        var connectionString = await EmptyDatabaseAsync("older_schema");

        var refusal = await Assert.ThrowsAsync<Refusal>(() => new Migrations(connectionString).EnsureCurrentAsync(default));

        Assert.Equal(RefusalKind.Conflict, refusal.Kind);
        Assert.Contains("newsletter migrate", refusal.Message);
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        var connectionString = await EmptyDatabaseAsync("newer_schema");
        var migrations = new Migrations(connectionString);
        await migrations.ApplyAsync(default);
        await ExecuteAsync(connectionString, "insert into schema_versions (scriptname, applied) values ('9999_future.sql', now())");

        var refusal = await Assert.ThrowsAsync<Refusal>(() => migrations.ApplyAsync(default));

        Assert.Contains("9999_future.sql", refusal.Message);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_said_to_be_unreachable()
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() =>
            new Migrations("Host=127.0.0.1;Port=1;Username=x;Timeout=2").ApplyAsync(default));

        Assert.Equal(RefusalKind.Unreachable, refusal.Kind);
    }

    private static async Task<string> EmptyDatabaseAsync(string name)
    {
        var server = await TestDatabase.ServerAsync();
        await ExecuteAsync(server.AdminConnectionString, $"drop database if exists {name} with (force)");
        await ExecuteAsync(server.AdminConnectionString, $"create database {name} template template0");
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, Pooling = false }.ConnectionString;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
