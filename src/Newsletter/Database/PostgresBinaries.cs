namespace Newsletter.Database;

/// <summary>Folder with the programs of one PostgreSQL installation on this machine, and its major version.</summary>
public sealed record PostgresBinaries(string Directory, int Major)
{
    private static readonly string[] Folders =
    [
        "/usr/lib/postgresql", "/usr/pgsql-*", "/usr/local/pgsql", "/opt/homebrew/opt/postgresql*", "/usr/local/opt/postgresql*",
    ];

    public string Path(string program) => System.IO.Path.Combine(Directory, program);

    /// <summary>
    /// Finds the newest installation, or the one of version <paramref name="major"/> if a database of that version exists already:
    /// PostgreSQL cannot open the files of another major version.
    /// </summary>
    /// <exception cref="Refusal">Unreachable: PostgreSQL is not installed, or not in the required version.</exception>
    public static async Task<PostgresBinaries> FindAsync(int? major, CancellationToken cancel)
    {
        var found = await AllAsync(["postgres", "initdb", "pg_ctl"], cancel);
        var best = found.Where(b => major is null || b.Major == major).MaxBy(b => b.Major);
        return best ?? throw Refusal.Unreachable(major is null
            ? "PostgreSQL is not installed on this machine: install it (Debian: apt-get install postgresql), or set ConnectionStrings:Newsletter to a server."
            : $"The database was made by PostgreSQL {major}, which is not installed on this machine: install postgresql-{major}.");
    }

    /// <summary>
    /// Finds pg_dump and pg_restore of the oldest version that is new enough. Newer programs write files that programs of version
    /// <paramref name="major"/> cannot read, and set parameters that a server of that version does not know.
    /// </summary>
    /// <param name="major">Maximum of the versions of the server and of the dump: older programs refuse both.</param>
    /// <exception cref="Refusal">Unreachable: none is installed, or only older versions.</exception>
    public static async Task<PostgresBinaries> FindClientsAsync(int major, CancellationToken cancel)
    {
        var found = await AllAsync(["pg_dump", "pg_restore"], cancel);
        return found.Where(b => b.Major >= major).MinBy(b => b.Major) ?? throw Refusal.Unreachable(
            $"PostgreSQL's client programs of version {major} or newer are not installed on this machine"
            + $"{(found.Count > 0 ? $", only {found.Max(b => b.Major)}" : "")}: "
            + $"install postgresql-client-{major} (pg_dump and pg_restore).");
    }

    /// <param name="programs">All must exist in the folder; the first one is asked for its version.</param>
    private static async Task<IReadOnlyList<PostgresBinaries>> AllAsync(string[] programs, CancellationToken cancel)
    {
        var found = new List<PostgresBinaries>();
        foreach (var directory in Candidates().Distinct().Where(folder => programs.All(program => File.Exists(System.IO.Path.Combine(folder, program)))))
        {
            var (_, output) = await ExternalProgram.RunAsync([System.IO.Path.Combine(directory, programs[0]), "--version"], cancel);
            if (MajorOf(output) is { } version)
            {
                found.Add(new PostgresBinaries(directory, version));
            }
        }
        return found;
    }

    /// <summary>"postgres (PostgreSQL) 15.18 (Debian …)" → 15.</summary>
    internal static int? MajorOf(string version) =>
        version.Split(' ').FirstOrDefault(word => word.Length > 0 && char.IsAsciiDigit(word[0])) is { } number
        && int.TryParse(new string(number.TakeWhile(char.IsAsciiDigit).ToArray()), out var major) ? major : null;

    private static IEnumerable<string> Candidates()
    {
        foreach (var pattern in Folders)
        {
            var parent = System.IO.Path.GetDirectoryName(pattern)!;
            var name = System.IO.Path.GetFileName(pattern);
            if (!System.IO.Directory.Exists(parent))
            {
                continue;
            }
            foreach (var folder in System.IO.Directory.GetDirectories(parent, name))
            {
                yield return System.IO.Path.Combine(folder, "bin");
                foreach (var version in System.IO.Directory.GetDirectories(folder))
                {
                    yield return System.IO.Path.Combine(version, "bin");
                }
            }
        }
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return directory;
        }
    }
}
