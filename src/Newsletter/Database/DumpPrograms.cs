using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// pg_dump and pg_restore, limited to the schema <c>public</c>: a restore must not bring back Hangfire's jobs, locks and servers,
/// and other objects in the database (extensions, foreign schemas) are not ours and need rights that we may lack.
/// </summary>
internal sealed class DumpPrograms
{
    private readonly PostgresBinaries programs;
    private readonly IReadOnlyDictionary<string, string?> environment;

    private DumpPrograms(PostgresBinaries programs, IReadOnlyDictionary<string, string?> environment)
    {
        this.programs = programs;
        this.environment = environment;
    }

    public int Major => programs.Major;

    /// <param name="connection">An open connection to the database to dump or restore.</param>
    /// <param name="atLeast">Minimum major version: the version that wrote the dump to be restored.</param>
    /// <exception cref="Refusal">Unreachable: not installed, or all installed versions are too old.</exception>
    public static async Task<DumpPrograms> FindAsync(NpgsqlConnection connection, string connectionString, int atLeast, CancellationToken cancel)
    {
        var programs = await PostgresBinaries.FindClientsAsync(Math.Max(atLeast, connection.PostgreSqlVersion.Major), cancel);
        return new DumpPrograms(programs, LibpqEnvironment.Of(connection, connectionString, programs.Major));
    }

    /// <param name="snapshot">Snapshot id returned by <c>pg_export_snapshot</c>.</param>
    /// <param name="file">Must exist already: pg_dump then keeps its permissions.</param>
    public Task DumpAsync(string snapshot, string file, CancellationToken cancel) =>
        RunAsync("pg_dump", ["--format=custom", "--schema=public", "--no-owner", "--no-privileges", "--no-comments", "--no-security-labels",
            "--no-publications", "--no-subscriptions", "--no-tablespaces", "--no-password", $"--snapshot={snapshot}", $"--file={file}"], null, cancel);

    /// <summary>Restores everything in one transaction, or nothing.</summary>
    public Task RestoreAsync(Func<Stream, Task> dump, CancellationToken cancel) =>
        // An empty --dbname makes pg_restore use PGDATABASE.
        RunAsync("pg_restore", ["--single-transaction", "--exit-on-error", "--schema=public", "--no-owner", "--no-privileges", "--no-tablespaces",
            "--no-password", "--dbname="], dump, cancel);

    private async Task RunAsync(string program, string[] words, Func<Stream, Task>? input, CancellationToken cancel)
    {
        var (exitCode, output) = await ExternalProgram.RunAsync([programs.Path(program), .. words], cancel, environment, input);
        // Ctrl+C also ends the child process: report cancellation instead of its exit code.
        cancel.ThrowIfCancellationRequested();
        if (exitCode != 0)
        {
            throw Refusal.Unreachable($"{program} failed: {Last(output)}");
        }
    }

    /// <summary>The last 3 lines: earlier lines may be notices.</summary>
    private static string Last(string output) =>
        string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
}
