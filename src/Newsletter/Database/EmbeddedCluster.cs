using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Newsletter.Database;

/// <summary>
/// Files and server process of one embedded PostgreSQL: their location and operating system user, and how to create, start and
/// stop them. <see cref="EmbeddedPostgres"/> decides which process does so, and when.
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

    /// <summary>The server's data directory. It also contains the Unix socket, so file permissions replace a password.</summary>
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

    /// <param name="data">Absolute path of <c>Data:Directory</c>; created if missing.</param>
    public static async Task<EmbeddedCluster> LocateAsync(string data, CancellationToken cancel)
    {
        // pg_ctl passes its arguments to a shell, and unix_socket_directories is a comma-separated list.
        if (data.Any(c => char.IsControl(c) || "\"$`\\,".Contains(c)))
        {
            throw Refusal.Invalid(
                "Data:Directory contains a character that PostgreSQL's programs do not support "
                + "(a quote, $, `, \\, a comma or a control character): choose another folder.");
        }
        System.IO.Directory.CreateDirectory(data);
        var directory = Path.Combine(data, "postgres");
        if (Environment.IsPrivilegedProcess && !await ReachableAsync(data, cancel))
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..12];
            directory = Path.Combine("/var/lib/newsletter", hash);
            AllowEntry("/var/lib/newsletter");
        }
        // sockaddr_un holds 107 bytes, and the server also creates a .lock file next to its socket.
        if (Encoding.UTF8.GetByteCount(directory) > 85)
        {
            throw Refusal.Invalid($"Data:Directory '{data}' is too long a path for a database socket (85 bytes): choose a shorter one.");
        }
        var version = Path.Combine(directory, "PG_VERSION");
        int? major = File.Exists(version) ? int.Parse(await File.ReadAllTextAsync(version, cancel), CultureInfo.InvariantCulture) : null;
        return new EmbeddedCluster(directory, await PostgresBinaries.FindAsync(major, cancel));
    }

    /// <summary>Creates the files on first use. An interrupted run leaves only a temporary folder, which the next run replaces.</summary>
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
            await RunOrThrowAsync(["chown", UnprivilegedUser, fresh], "give the database's folder to its user", cancel);
        }
        await RunOrThrowAsync(AsOwner(binaries.Path("initdb"), "-D", fresh, "-U", "newsletter", "--auth=trust", "--encoding=UTF8", "--locale=C"),
            "make the database", cancel);
        await File.AppendAllTextAsync(Path.Combine(fresh, "postgresql.conf"), "include 'newsletter.conf'\n", cancel);
        System.IO.Directory.Move(fresh, Directory);
    }

    /// <summary>Starts the server and returns when it accepts connections. Settings override postgresql.conf.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancel)
    {
        var lines = new Dictionary<string, string>(settings)
        {
            // Enough for two processes, each with its own connection pool and Hangfire's.
            ["max_connections"] = settings.GetValueOrDefault("max_connections", "200"),
            // Planning and history read the partitions of all editions, and each partition takes a lock.
            ["max_locks_per_transaction"] = "512",
            ["listen_addresses"] = "",
            ["unix_socket_directories"] = Directory,
            ["unix_socket_permissions"] = "0700",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };
        await ConfigureAsync(string.Concat(lines.Select(l => $"{l.Key} = '{l.Value.Replace("'", "''", StringComparison.Ordinal)}'\n")), cancel);
        RemoveStalePidFile();
        await RunOrThrowAsync(AsOwner(binaries.Path("pg_ctl"), "start", "-w", "-t", "60", "-D", Directory, "-l", LogFile),
            $"start the database (its log is {LogFile})", cancel);
    }

    private async Task ConfigureAsync(string lines, CancellationToken cancel)
    {
        var file = Path.Combine(Directory, "newsletter.conf");
        await PrivateFiles.WriteAsync(file, Encoding.UTF8.GetBytes(lines), cancel);
        if (Environment.IsPrivilegedProcess)
        {
            await RunOrThrowAsync(["chown", UnprivilegedUser, file], "give the database's settings to its user", cancel);
        }
    }

    public async Task StopAsync(CancellationToken cancel) =>
        await RunOrThrowAsync(AsOwner(binaries.Path("pg_ctl"), "stop", "-w", "-t", "60", "-m", "fast", "-D", Directory), "stop the database", cancel);

    public bool IsRunning => IsOwnPostmasterRunning();

    /// <summary>
    /// Inode and creation time (seconds since 1970) of PG_VERSION, a file that is written once; null if unknown. Uses <c>stat</c>, because
    /// .NET's creation time is the last change here, which a copy may preserve.
    /// </summary>
    public async Task<string?> BirthAsync(CancellationToken cancel) =>
        await ExternalProgram.RunAsync(["stat", "-c", "%i %W", Path.Combine(Directory, "PG_VERSION")], cancel) is (0, var birth)
        && birth.Split(' ') is [_, not ("0" or "-")]
            ? birth
            : null;

    /// <summary>True when the server accepts connections. Waits up to 60 s while it is starting up or recovering.</summary>
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
            catch (NpgsqlException) when (IsOwnPostmasterRunning() && tries < 600)
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
    /// After a crash of the machine or a restart of a container, the process id in postmaster.pid may belong to another program.
    /// PostgreSQL would then refuse to start.
    /// </summary>
    private void RemoveStalePidFile()
    {
        if (!IsOwnPostmasterRunning())
        {
            File.Delete(Path.Combine(Directory, "postmaster.pid"));
        }
    }

    private bool IsOwnPostmasterRunning()
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

    /// <summary>Lets other users enter the folder but not list it: the database's user must reach its own folder inside.</summary>
    private static void AllowEntry(string folder)
    {
        PrivateFiles.MakeFolder(folder);
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
    }

    private static async Task<bool> ReachableAsync(string path, CancellationToken cancel) =>
        (await ExternalProgram.RunAsync(["runuser", "-u", UnprivilegedUser, "--", "test", "-x", path], cancel)).ExitCode == 0;

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] AsOwner(params string[] words) =>
        Environment.IsPrivilegedProcess ? ["runuser", "-u", UnprivilegedUser, "--", .. words] : words;

    private async Task RunOrThrowAsync(string[] words, string what, CancellationToken cancel)
    {
        var (exitCode, output) = await ExternalProgram.RunAsync(words, cancel);
        if (exitCode != 0)
        {
            throw Refusal.Unreachable(output.Contains(EmbeddedLog.NoSpace, StringComparison.Ordinal) || EmbeddedLog.SaysNoSpace(LogFile)
                ? $"Could not {what}, because the disk is full: free some space, then try again."
                : $"Could not {what}: {output.ReplaceLineEndings(" ")}");
        }
    }
}
