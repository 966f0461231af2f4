using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// An embedded PostgreSQL under <c>Data:Directory</c>, shared by all our processes that use that directory: the first process
/// starts it, the last one stops it. Each process holds a shared lock on <c>users.lock</c> while it runs; starting and
/// stopping need an exclusive lock on <c>start.lock</c>. After <c>kill -9</c> of our process the server keeps running, and the
/// next process uses it.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(90);
    private readonly EmbeddedCluster cluster;
    private readonly string data;
    private readonly IReadOnlyDictionary<string, string>? settings;
    private FileLock? user;

    private EmbeddedPostgres(EmbeddedCluster cluster, string data, IReadOnlyDictionary<string, string>? settings, FileLock user)
    {
        this.settings = settings;
        this.cluster = cluster;
        this.data = data;
        this.user = user;
    }

    public string ConnectionString => cluster.ConnectionString("newsletter");

    /// <summary>
    /// Identifies the cluster's files on this disk by inode and creation time, so every copy has another value; null if the file system
    /// does not tell.
    /// </summary>
    public Task<string?> BirthAsync(CancellationToken cancel = default) => cluster.BirthAsync(cancel);

    /// <summary>Path of the server's log.</summary>
    public string LogFile => cluster.LogFile;

    /// <summary>Connects to the maintenance database <c>postgres</c>, from which other databases are created.</summary>
    public string AdminConnectionString => cluster.ConnectionString("postgres");

    /// <summary>Path of the database files; may be outside <c>Data:Directory</c>.</summary>
    public string Directory => cluster.Directory;

    /// <param name="directory"><c>Data:Directory</c>; created if missing.</param>
    /// <param name="settings">Settings for postgresql.conf; used only if this process starts the server.</param>
    /// <exception cref="Refusal">
    /// Unreachable: PostgreSQL is not installed, or did not start. Invalid: the directory cannot be used. Conflict: lock timeout.
    /// </exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        string directory, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancel = default)
    {
        var data = Path.GetFullPath(directory);
        try
        {
            return await StartAsync(data, await EmbeddedCluster.LocateAsync(data, cancel), settings, cancel);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && Outage.Describe(failure) is null)
        {
            throw Refusal.Invalid($"Data:Directory '{data}' cannot be used ({failure.Message.TrimEnd('.')}): choose a folder that this user may write to.");
        }
    }

    private static async Task<EmbeddedPostgres> StartAsync(
        string data, EmbeddedCluster cluster, IReadOnlyDictionary<string, string>? settings, CancellationToken cancel)
    {
        using var starting = await FileLock.TakeAsync(StartLock(data), exclusive: true, LockTimeout, cancel);
        await cluster.InitialiseAsync(cancel);
        await StartUnlessAnsweringAsync(cluster, settings, cancel);
        await CreateDatabaseAsync(cluster, cancel);
        return new EmbeddedPostgres(cluster, data, settings, await FileLock.TakeAsync(UsersLock(data), exclusive: false, LockTimeout, cancel));
    }

    /// <summary>Restarts the server if it has died. Long-running programs call this periodically.</summary>
    /// <exception cref="Refusal">Unreachable: it did not start.</exception>
    public async Task KeepAsync(CancellationToken cancel)
    {
        if (!cluster.IsRunning)
        {
            using var starting = await FileLock.TakeAsync(StartLock(data), exclusive: true, LockTimeout, cancel);
            await StartUnlessAnsweringAsync(cluster, settings, cancel);
        }
    }

    /// <summary>Stops the server unless another process of ours uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref user, null) is not { } held)
        {
            return;
        }
        using var stopping = await FileLock.TakeAsync(StartLock(data), exclusive: true, LockTimeout, CancellationToken.None);
        held.Dispose();
        using var last = FileLock.TryTake(UsersLock(data), exclusive: true);
        if (last is not null && cluster.IsRunning)
        {
            NpgsqlConnection.ClearAllPools();
            await cluster.StopAsync(CancellationToken.None);
        }
    }

    private static async Task StartUnlessAnsweringAsync(EmbeddedCluster cluster, IReadOnlyDictionary<string, string>? settings, CancellationToken cancel)
    {
        if (!await cluster.IsAnsweringAsync(cancel))
        {
            await cluster.StartAsync(settings ?? new Dictionary<string, string>(), cancel);
        }
    }

    private static string StartLock(string data) => Path.Combine(data, "start.lock");

    private static string UsersLock(string data) => Path.Combine(data, "users.lock");

    private static async Task CreateDatabaseAsync(EmbeddedCluster cluster, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancel);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = 'newsletter'", connection);
        if (await exists.ExecuteScalarAsync(cancel) is null)
        {
            await using var create = new NpgsqlCommand("create database newsletter", connection);
            await create.ExecuteNonQueryAsync(cancel);
        }
    }
}
