using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Console;
using Newsletter.Alarms;
using Newsletter.Backups;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.MailCatcher;
using Newsletter.Monitoring;
using Newsletter.Roles;
using Newsletter.Worker;
using Npgsql;

namespace Newsletter.Cli;

/// <summary>
/// The environment of a command: the configured or the embedded database, with its schema checked or migrated, and the catcher if no relay is
/// configured. Disposing stops everything that was started here.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    private const string DefaultPublicUrl = "http://127.0.0.1:8080";
    private readonly EmbeddedPostgres? postgres;
    private Catcher? catcher;

    private Installation(IConfigurationRoot configuration, EmbeddedPostgres? postgres, string connectionString)
    {
        Configuration = configuration;
        this.postgres = postgres;
        ConnectionString = connectionString;
    }

    /// <summary>The log file of the embedded database that this process used last; null without one.</summary>
    public static string? DatabaseLog { get; private set; }

    public IConfigurationRoot Configuration { get; }

    public string ConnectionString { get; }

    /// <summary>The folder of caught mails; null if a relay is configured.</summary>
    public MailFolder? Outbox { get; private set; }

    public string DataDirectory => DirectoryOf(Configuration);

    public DatabaseRights Rights => new(ConnectionString, JobSchema.Name);

    public static bool IsEmbedded(IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration.GetConnectionString("Newsletter"));

    /// <param name="migrate">Migrates a configured database, too; the embedded one is always migrated.</param>
    /// <exception cref="Refusal">
    /// Invalid: the connection string is not valid. Unreachable: no database. Conflict: the schema does not belong to this program version.
    /// </exception>
    public static async Task<Installation> OpenAsync(
        IReadOnlyDictionary<string, string?> settings, bool migrate = false, string? publicUrl = null, CancellationToken cancel = default)
    {
        var installation = await OpenBareAsync(settings, cancel);
        try
        {
            await installation.PrepareAsync(migrate, publicUrl, cancel);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the database as it is: its schema and its content are neither checked nor created.</summary>
    /// <exception cref="Refusal">Invalid: the connection string is not valid. Unreachable: the embedded database does not start.</exception>
    public static async Task<Installation> OpenBareAsync(IReadOnlyDictionary<string, string?> settings, CancellationToken cancel)
    {
        var configuration = Settings.Read(settings);
        CheckConnectionString(configuration);
        await CloseDataFolderAsync(configuration);
        var postgres = IsEmbedded(configuration) ? await StartAsync(DirectoryOf(configuration), cancel) : null;
        DatabaseLog = postgres?.LogFile;
        return new Installation(configuration, postgres, postgres?.ConnectionString ?? configuration.GetConnectionString("Newsletter")!);
    }

    private static async Task<EmbeddedPostgres> StartAsync(string data, CancellationToken cancel)
    {
        try
        {
            PrivateFiles.MakeFolder(data);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Ignored: the embedded database cannot use this folder either, and its error message says why.
        }
        return await EmbeddedPostgres.StartAsync(data, cancel: cancel);
    }

    /// <summary>Makes the data folder private: other users of the machine cannot read it. Warns if this fails.</summary>
    private static async Task CloseDataFolderAsync(IConfiguration configuration)
    {
        foreach (var problem in DataFolder.Close(DirectoryOf(configuration)))
        {
            await Console.Error.WriteLineAsync("warning: " + problem);
        }
    }

    private static void CheckConnectionString(IConfiguration configuration)
    {
        try
        {
            if (new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Newsletter")).Port is < 1 or > 65535)
            {
                throw new ArgumentException("Port must be from 1 to 65535");
            }
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw Refusal.Invalid($"ConnectionStrings:Newsletter is not a valid PostgreSQL connection string ({Output.OneLine(wrong.Message).TrimEnd('.')}).");
        }
    }

    /// <summary>The services of the product, for a command that ends; warnings are logged to standard error.</summary>
    public ServiceProvider Services(bool verbose) => new ServiceCollection()
        .AddLogging(log =>
        {
            Log(log, verbose, LogLevel.Warning, ConsoleFormatterNames.Simple);
            // These events belong to the worker's log, which must be complete; a command does not log them.
            log.AddFilter(typeof(EditionJournal).FullName, LogLevel.None);
            if (!verbose)
            {
                // A command reports these events in a sentence of its own.
                log.AddFilter(typeof(RelayWatch).FullName, LogLevel.None).AddFilter(typeof(AlarmRaising).FullName, LogLevel.None);
            }
        })
        .AddNewsletter(Configuration, ConnectionString)
        .BuildServiceProvider();

    /// <summary>Quiet by default, to standard error, never with addresses or tokens.</summary>
    public static void Log(ILoggingBuilder log, bool verbose, LogLevel ours, string formatter)
    {
        log.ClearProviders();
        log.AddConsole(console => (console.LogToStandardErrorThreshold, console.FormatterName) = (LogLevel.Trace, formatter));
        // A colour is an escape sequence, and TerminalWriter escapes all of them.
        log.Services.Configure<SimpleConsoleFormatterOptions>(simple => simple.ColorBehavior = LoggerColorBehavior.Disabled);
        log.Services.Configure<JsonConsoleFormatterOptions>(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        log.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Warning);
        log.AddFilter("Newsletter", verbose ? LogLevel.Debug : ours);
        // Request lines contain tokens.
        log.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        log.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // The program reports in a sentence of its own that a host did not start.
        log.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }

    /// <summary>Records that the server listens: from now on other commands use its address in links.</summary>
    public async Task ServedAsync()
    {
        if (postgres is not null)
        {
            await PrivateFiles.WriteAsync(ServedAt, Encoding.UTF8.GetBytes(Configuration["Site:PublicUrl"] ?? ""));
        }
    }

    /// <summary>The keys that sign and verify links, newest first; empty if there is none yet.</summary>
    public async Task<IReadOnlyList<string>> SigningKeysAsync(CancellationToken cancel)
    {
        var configured = Configuration.GetSection("Site:SigningKeys").Get<string[]>() ?? [];
        return TakesKeyFromFile && File.Exists(SigningKeyFile) ? [await File.ReadAllTextAsync(SigningKeyFile, cancel), .. configured] : configured;
    }

    /// <summary>Writes the key file of an embedded database, unless the file exists.</summary>
    public async Task TakeBackSigningKeyAsync(string key)
    {
        if (TakesKeyFromFile && !File.Exists(SigningKeyFile))
        {
            await WriteSigningKeyAsync(key, CancellationToken.None);
        }
    }

    /// <summary>Restarts the embedded database if it has crashed.</summary>
    public Task KeepAsync(CancellationToken cancel) => postgres?.KeepAsync(cancel) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (catcher is not null)
        {
            await catcher.DisposeAsync();
        }
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }

    public static string DirectoryOf(IConfiguration configuration) =>
        Path.GetFullPath(configuration["Data:Directory"] is { Length: > 0 } directory ? directory : "data");

    private async Task PrepareAsync(bool migrate, string? publicUrl, CancellationToken cancel)
    {
        Configuration["Data:Directory"] = DataDirectory;
        Ending.WaitsFor("the database to answer");
        await SessionCheck.EnsureAsync(ConnectionString, cancel);
        var migrations = new Migrations(ConnectionString);
        if (migrate || postgres is not null)
        {
            await Rights.EnsureAsync(cancel, migrating: true);
            Ending.WaitsFor("a migration to end, or the lock that it needs");
            await migrations.ApplyAsync(cancel);
            await JobSchema.ApplyAsync(ConnectionString, cancel);
        }
        else
        {
            try
            {
                await migrations.EnsureCurrentAsync(cancel);
            }
            catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                await Rights.EnsureAsync(cancel);
                throw;
            }
        }
        if (postgres is not null)
        {
            await CompleteAsync(publicUrl, cancel);
        }
        if (migrate || postgres is not null)
        {
            await using var services = Services(verbose: false);
            await services.GetRequiredService<TaxonomyStore>().SeedAsync(cancel);
        }
    }

    /// <summary>With the embedded database no setting is required: everything that is missing is created or started here.</summary>
    private async Task CompleteAsync(string? publicUrl, CancellationToken cancel)
    {
        Configuration["Data:ClusterBirth"] = await postgres!.BirthAsync(cancel);
        var isOurs = string.IsNullOrWhiteSpace(Configuration["Site:PublicUrl"]);
        if (isOurs)
        {
            Configuration["Site:PublicUrl"] = await ServedAtAsync(publicUrl, cancel);
        }
        if (string.IsNullOrWhiteSpace(Configuration["Site:SigningKeys:0"]))
        {
            Configuration["Site:SigningKeys:0"] = await SigningKeyAsync(cancel);
        }
        // Once a public URL is configured, people use the site from outside: their mail must not go to the catcher.
        if (isOurs && string.IsNullOrWhiteSpace(Configuration["Smtp:Host"]) && !Configuration.GetSection("Smtp:Relays").GetChildren().Any())
        {
            Outbox = new MailFolder(Path.Combine(DataDirectory, "outbox"));
            catcher = Catcher.Start(new IPEndPoint(IPAddress.Loopback, 0), new CatcherOptions { Keeper = Outbox });
            Configuration["Smtp:Host"] = catcher.EndPoint.Address.ToString();
            Configuration["Smtp:Port"] = catcher.EndPoint.Port.ToString(CultureInfo.InvariantCulture);
            Configuration["Smtp:Security"] = "none";
        }
    }

    /// <summary>Commands that run beside a server use its address in links.</summary>
    private async Task<string> ServedAtAsync(string? url, CancellationToken cancel) =>
        url ?? (File.Exists(ServedAt) && await File.ReadAllTextAsync(ServedAt, cancel) is { Length: > 0 } known ? known : DefaultPublicUrl);

    private string ServedAt => Path.Combine(DataDirectory, "served-at");

    private bool TakesKeyFromFile => postgres is not null && string.IsNullOrWhiteSpace(Configuration["Site:SigningKeys:0"]);

    private string SigningKeyFile => Path.Combine(DataDirectory, SettingsFiles.SigningKeyFile);

    private async Task<string> SigningKeyAsync(CancellationToken cancel)
    {
        if (!File.Exists(SigningKeyFile))
        {
            await WriteSigningKeyAsync(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), cancel);
        }
        return await File.ReadAllTextAsync(SigningKeyFile, cancel);
    }

    /// <summary>Written once; two processes that start concurrently get the same key.</summary>
    private async Task WriteSigningKeyAsync(string key, CancellationToken cancel)
    {
        var fresh = SigningKeyFile + "." + Guid.NewGuid().ToString("N");
        await PrivateFiles.WriteAsync(fresh, Encoding.UTF8.GetBytes(key), cancel);
        try
        {
            File.Move(fresh, SigningKeyFile, overwrite: false);
        }
        catch (IOException)
        {
            File.Delete(fresh);
        }
    }
}
