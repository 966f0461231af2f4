using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// pg_dump and pg_restore, on the schema <c>public</c> alone: Hangfire's jobs, locks and servers must not come back to life,
/// and what else lies in the database (extensions, schemas of others) is not ours and needs rights that we may lack.
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

    /// <param name="connection">Open, to the database they are for.</param>
    /// <param name="atLeast">The version that wrote the dump to be restored.</param>
    /// <exception cref="Refusal">Unreachable: not installed, or only older than the server.</exception>
    public static async Task<DumpPrograms> FindAsync(NpgsqlConnection connection, string connectionString, int atLeast, CancellationToken cancel)
    {
        var programs = await PostgresBinaries.FindClientsAsync(Math.Max(atLeast, connection.PostgreSqlVersion.Major), cancel);
        return new DumpPrograms(programs, LibpqEnvironment.Of(connection, connectionString, programs.Major));
    }

    /// <param name="snapshot">As <c>pg_export_snapshot</c> gave it.</param>
    /// <param name="file">There already, so that it keeps its mode.</param>
    public Task DumpAsync(string snapshot, string file, CancellationToken cancel) =>
        RunAsync("pg_dump", ["--format=custom", "--schema=public", "--no-owner", "--no-privileges", "--no-comments", "--no-security-labels",
            "--no-publications", "--no-subscriptions", "--no-tablespaces", "--no-password", $"--snapshot={snapshot}", $"--file={file}"], null, cancel);

    /// <summary>All or nothing, in one transaction.</summary>
    public Task RestoreAsync(Func<Stream, Task> dump, CancellationToken cancel) =>
        // The empty name stands for PGDATABASE.
        RunAsync("pg_restore", ["--single-transaction", "--exit-on-error", "--schema=public", "--no-owner", "--no-privileges", "--no-tablespaces",
            "--no-password", "--dbname="], dump, cancel);

    private async Task RunAsync(string program, string[] words, Func<Stream, Task>? input, CancellationToken cancel)
    {
        var (exitCode, output) = await ExternalProgram.RunAsync([programs.Path(program), .. words], cancel, environment, input);
        // Ctrl+C ends the program as well as us.
        cancel.ThrowIfCancellationRequested();
        if (exitCode != 0)
        {
            throw Refusal.Unreachable($"{program} failed: {Last(output)}");
        }
    }

    /// <summary>Its last lines: those before may be notices.</summary>
    private static string Last(string output) =>
        string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
}
