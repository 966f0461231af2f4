namespace Newsletter.Database;

/// <summary>The folder of one PostgreSQL installation's programs on this machine.</summary>
public sealed record PostgresBinaries(string Directory, int Major)
{
    private static readonly string[] Folders =
    [
        "/usr/lib/postgresql", "/usr/pgsql-*", "/usr/local/pgsql", "/opt/homebrew/opt/postgresql*", "/usr/local/opt/postgresql*",
    ];

    public string Path(string program) => System.IO.Path.Combine(Directory, program);

    /// <summary>
    /// The newest installation found, or the one of <paramref name="major"/> when a database of that version is there already:
    /// PostgreSQL does not open the files of another major version.
    /// </summary>
    /// <exception cref="Refusal">Unreachable: none is installed, or not the one needed.</exception>
    public static async Task<PostgresBinaries> FindAsync(int? major, CancellationToken cancel)
    {
        var found = new List<PostgresBinaries>();
        foreach (var directory in Candidates().Distinct())
        {
            if (!File.Exists(System.IO.Path.Combine(directory, "initdb")) || !File.Exists(System.IO.Path.Combine(directory, "pg_ctl")))
            {
                continue;
            }
            var (_, output) = await Command.RunAsync([System.IO.Path.Combine(directory, "postgres"), "--version"], cancel);
            if (MajorOf(output) is { } version)
            {
                found.Add(new PostgresBinaries(directory, version));
            }
        }
        var best = found.Where(b => major is null || b.Major == major).MaxBy(b => b.Major);
        return best ?? throw Refusal.Unreachable(major is null
            ? "PostgreSQL is not installed on this machine: install it (Debian: apt-get install postgresql), or set ConnectionStrings:Newsletter to a server."
            : $"The database was made by PostgreSQL {major}, which is not installed on this machine: install postgresql-{major}.");
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
