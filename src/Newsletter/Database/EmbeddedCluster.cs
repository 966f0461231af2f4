using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// The files and the server process of one embedded PostgreSQL: where they lie, as whom they run, how they are made,
/// started and stopped. Who may do so, and when, is decided by <see cref="EmbeddedPostgres"/>.
/// </summary>
internal sealed class EmbeddedCluster
{
    private const string UnprivilegedUser = "postgres";
    private readonly PostgresBinaries binaries;

    private EmbeddedCluster(string directory, PostgresBinaries binaries)
    {
        Directory = directory;
        this.binaries = binaries;
    }

    /// <summary>The server's data directory; its Unix socket lies in it too, so the file system's rights are the password.</summary>
    public string Directory { get; }

    public string LogFile => Path.Combine(Directory, "server.log");

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = Directory,
        Username = "newsletter",
        Database = database,
        ApplicationName = "newsletter",
        MaxPoolSize = 40,
    }.ConnectionString;

    /// <param name="data">Absolute path of <c>Data:Directory</c>; made when it is not there.</param>
    public static async Task<EmbeddedCluster> LocateAsync(string data, CancellationToken cancel)
    {
        // pg_ctl hands its arguments to a shell, and a comma divides socket directories.
        if (data.Any(c => char.IsControl(c) || "\"$`\\,".Contains(c)))
        {
            throw Refusal.Invalid("Data:Directory has a character that PostgreSQL's programs cannot take (a quote, $, `, \\, a comma or a control character): choose another folder.");
        }
        System.IO.Directory.CreateDirectory(data);
        var directory = Path.Combine(data, "postgres");
        if (Environment.IsPrivilegedProcess && !await ReachableAsync(data, cancel))
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..12];
            directory = Path.Combine("/var/lib/newsletter", hash);
            LetPass("/var/lib/newsletter");
        }
        // sockaddr_un holds 107 bytes; the server also makes a .lock file beside its socket.
        if (Encoding.UTF8.GetByteCount(directory) > 85)
        {
            throw Refusal.Invalid($"Data:Directory '{data}' is too long a path for a database socket (85 bytes): choose a shorter one.");
        }
        var version = Path.Combine(directory, "PG_VERSION");
        int? major = File.Exists(version) ? int.Parse(await File.ReadAllTextAsync(version, cancel), CultureInfo.InvariantCulture) : null;
        return new EmbeddedCluster(directory, await PostgresBinaries.FindAsync(major, cancel));
    }

    /// <summary>Makes the files on first use. A run cut short leaves only a folder that the next run replaces.</summary>
    public async Task InitialiseAsync(CancellationToken cancel)
    {
        if (File.Exists(Path.Combine(Directory, "PG_VERSION")))
        {
            return;
        }
        var fresh = Directory + ".new";
        if (System.IO.Directory.Exists(fresh))
        {
            System.IO.Directory.Delete(fresh, recursive: true);
        }
        PrivateFiles.MakeFolder(fresh);
        if (Environment.IsPrivilegedProcess)
        {
            await MustAsync(["chown", UnprivilegedUser, fresh], "give the database's folder to its user", cancel);
        }
        await MustAsync(AsOwner(binaries.Path("initdb"), "-D", fresh, "-U", "newsletter", "--auth=trust", "--encoding=UTF8", "--locale=C"),
            "make the database", cancel);
        await File.AppendAllTextAsync(Path.Combine(fresh, "postgresql.conf"), "include 'newsletter.conf'\n", cancel);
        System.IO.Directory.Move(fresh, Directory);
    }

    /// <summary>Starts the server and returns when it answers; settings override postgresql.conf.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancel)
    {
        var lines = new Dictionary<string, string>(settings)
        {
            // Pools of two processes and of Hangfire in each.
            ["max_connections"] = settings.GetValueOrDefault("max_connections", "200"),
            // Planning and history look into the partitions of all editions.
            ["max_locks_per_transaction"] = "512",
            ["listen_addresses"] = "",
            ["unix_socket_directories"] = Directory,
            ["unix_socket_permissions"] = "0700",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };
        await ConfigureAsync(string.Concat(lines.Select(l => $"{l.Key} = '{l.Value.Replace("'", "''", StringComparison.Ordinal)}'\n")), cancel);
        RemoveStalePidFile();
        await MustAsync(AsOwner(binaries.Path("pg_ctl"), "start", "-w", "-t", "60", "-D", Directory, "-l", LogFile),
            $"start the database (its log is {LogFile})", cancel);
    }

    private async Task ConfigureAsync(string lines, CancellationToken cancel)
    {
        var file = Path.Combine(Directory, "newsletter.conf");
        await PrivateFiles.WriteAsync(file, Encoding.UTF8.GetBytes(lines), cancel);
        if (Environment.IsPrivilegedProcess)
        {
            await MustAsync(["chown", UnprivilegedUser, file], "give the database's settings to its user", cancel);
        }
    }

    public async Task StopAsync(CancellationToken cancel) =>
        await MustAsync(AsOwner(binaries.Path("pg_ctl"), "stop", "-w", "-t", "60", "-m", "fast", "-D", Directory), "stop the database", cancel);

    public bool IsRunning => OwnPostmaster();

    /// <summary>Of a file that is written once. .NET does not know the time of birth: it shows the last change, which a copy may keep.</summary>
    public async Task<string?> BirthAsync(CancellationToken cancel) =>
        await ExternalProgram.RunAsync(["stat", "-c", "%i %W", Path.Combine(Directory, "PG_VERSION")], cancel) is (0, var birth) && birth.Split(' ') is [_, not ("0" or "-")] ? birth : null;

    /// <summary>True when the server answers; waits while it is starting up or recovering.</summary>
    public async Task<bool> IsAnsweringAsync(CancellationToken cancel)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false;Timeout=5");
                await connection.OpenAsync(cancel);
                return true;
            }
            catch (NpgsqlException) when (OwnPostmaster() && tries < 600)
            {
                await Task.Delay(100, cancel);
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// After a crash of the machine (or a restart of a container) the process id in postmaster.pid may belong to another
    /// program; PostgreSQL would then refuse to start.
    /// </summary>
    private void RemoveStalePidFile()
    {
        if (!OwnPostmaster())
        {
            File.Delete(Path.Combine(Directory, "postmaster.pid"));
        }
    }

    private bool OwnPostmaster()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(Directory, "postmaster.pid"));
            if (lines.Length == 0 || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                return false;
            }
            return !System.IO.Directory.Exists("/proc/self")
                || File.ReadAllText($"/proc/{pid}/cmdline").Split('\0') is [var program, ..] words
                    && Path.GetFileName(program) == "postgres" && words.Contains(Directory);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Other users may enter the folder but not list it: the database's user must reach its own folder inside.</summary>
    private static void LetPass(string folder)
    {
        PrivateFiles.MakeFolder(folder);
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
    }

    private static async Task<bool> ReachableAsync(string path, CancellationToken cancel) =>
        (await ExternalProgram.RunAsync(["runuser", "-u", UnprivilegedUser, "--", "test", "-x", path], cancel)).ExitCode == 0;

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] AsOwner(params string[] words) =>
        Environment.IsPrivilegedProcess ? ["runuser", "-u", UnprivilegedUser, "--", .. words] : words;

    private async Task MustAsync(string[] words, string what, CancellationToken cancel)
    {
        var (exitCode, output) = await ExternalProgram.RunAsync(words, cancel);
        if (exitCode != 0)
        {
            throw Refusal.Unreachable(output.Contains(EmbeddedLog.NoSpace, StringComparison.Ordinal) || EmbeddedLog.SaysNoSpace(LogFile)
                ? $"Could not {what}, since the disk is full: make room on it, then try again."
                : $"Could not {what}: {output.ReplaceLineEndings(" ")}");
        }
    }
}
