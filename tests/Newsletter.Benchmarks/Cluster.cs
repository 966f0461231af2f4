using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>A PostgreSQL of the benchmark's own, with the product's configuration; a folder that nobody asked to keep goes with it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly EmbeddedPostgres server;
    private readonly DirectoryInfo? temporary;

    private Cluster(EmbeddedPostgres server, DirectoryInfo? temporary)
    {
        this.server = server;
        this.temporary = temporary;
    }

    /// <param name="keep">Null for a temporary folder.</param>
    public static async Task<Cluster> StartAsync(string? keep, CancellationToken cancel)
    {
        if (keep is not null)
        {
            return new Cluster(await EmbeddedPostgres.StartAsync(keep, cancel: cancel), null);
        }
        var directory = Directory.CreateTempSubdirectory("newsletter-bench-");
        // The embedded PostgreSQL runs as another user when we are root.
        directory.UnixFileMode |= UnixFileMode.OtherExecute;
        try
        {
            return new Cluster(await EmbeddedPostgres.StartAsync(directory.FullName, cancel: cancel), directory);
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database }.ConnectionString;

    /// <summary>What is noted about a database; null when there is no note or no such database.</summary>
    public async Task<string?> NoteAsync(string database, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<string?>(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = @database", new { database });
    }

    public Task WriteNoteAsync(string database, string note, CancellationToken cancel) =>
        ExecuteAsync($"comment on database {database} is '{note}'", cancel);

    /// <summary>Empty, whatever was there.</summary>
    public async Task CreateAsync(string database, CancellationToken cancel)
    {
        await ExecuteAsync($"drop database if exists {database} with (force)", cancel);
        await ExecuteAsync($"create database {database}", cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        if (temporary is null)
        {
            return;
        }
        temporary.Delete(recursive: true);
        // It lies elsewhere when its user could not reach the temporary folder.
        var files = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;
        if (Directory.Exists(files))
        {
            Directory.Delete(files, recursive: true);
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 0, cancellationToken: cancel));
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(server.AdminConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancel);
        return connection;
    }
}
