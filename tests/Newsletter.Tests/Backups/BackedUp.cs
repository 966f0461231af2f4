using System.Security.Cryptography;
using System.Text;
using Newsletter.Backups;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Backups;

/// <summary>An installation with something of everything in it, its backup, and an empty database to bring it back into.</summary>
public sealed class BackedUp : IAsyncLifetime
{
    public const string Words = "correct horse battery staple";
    public static readonly string[] Keys = ["a key for tests, and for nothing else", "an older key, by which links still verify"];

    public TestProduct House { get; } = new();

    public TestDatabase Empty { get; } = new(TestServer.Empty);

    public string Folder { get; } = Directory.CreateTempSubdirectory("nl-backup-").FullName;

    public string File => Path.Combine(Folder, "newsletter.backup");

    public string PassphraseFile => Path.Combine(Folder, "passphrase");

    /// <summary>Where commands and verbs work.</summary>
    public string Data => Path.Combine(Folder, "data");

    public Passphrase Passphrase { get; } = Passphrase.Of(Words);

    public Manifest Manifest { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await House.InitializeAsync();
        await House.DigestAsync();
        await House.ArticleAsync("CTO");
        await House.ArticleAsync("Data Scientist");
        await House.ReaderAsync("cto@example.com", "CTO");
        await House.ReaderAsync("nurse@example.com", "Nurse");
        await House.ReadersAsync(50, "Data Scientist");
        await House.SendAsync();
        await House.ExecuteAsync("insert into hangfire.job (invocationdata, arguments, createdat) values ('{}', '[]', now())");
        await House.ExecuteAsync(
            """
            with editor as (
                insert into editors (email, email_key, permission, created_at)
                values ('ed@example.com', 'ed@example.com', 'editor', now()) returning id, stamp)
            insert into editor_sessions (token_hash, editor_id, stamp, expires_at) select 'hash', id, stamp, now() + interval '12 hours' from editor
            """);
        await Empty.InitializeAsync();
        await System.IO.File.WriteAllTextAsync(PassphraseFile, Words + "\n");
        await System.IO.File.WriteAllTextAsync(Path.Combine(Folder, "dkim.pem"), "a key");
        await using var file = System.IO.File.Create(File);
        Manifest = await WriteAsync(file);
    }

    public async Task DisposeAsync()
    {
        await House.DisposeAsync();
        await Empty.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public Task<Manifest> WriteAsync(Stream output) => new BackupWriting(House.Database.ConnectionString, TimeProvider.System).WriteAsync(
        output, Passphrase, Data, Keys, [(Path.Combine(Folder, "dkim.pem"), "Dkim:KeyFile"), (Path.Combine(Folder, "nowhere"), "Smtp:PasswordFile")], default);

    public Task<OpenedBackup> OpenAsync(string? file = null, Passphrase? passphrase = null) =>
        OpenedBackup.OpenAsync(file ?? File, passphrase ?? Passphrase, Data, default);

    /// <summary>What commands are given to work on a database.</summary>
    public Dictionary<string, string> Settings(TestDatabase database) => new(House.Configuration)
    {
        ["ConnectionStrings:Newsletter"] = database.ConnectionString,
        ["Data:Directory"] = Data,
    };

    /// <summary>Nothing that lies in clear is left behind.</summary>
    public IEnumerable<string> LeftBehind() => Directory.Exists(Data) ? Directory.GetDirectories(Data, "backup-work-*") : [];

    /// <summary>For each table its rows and a hash over all that they say, whatever order they lie in.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ContentAsync(TestDatabase database)
    {
        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in await ColumnAsync(
            database, "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"))
        {
            var rows = await ColumnAsync(database, $"select t::text from public.\"{table}\" t order by t::text collate \"C\"");
            content[table] = $"{rows.Count} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))))}";
        }
        foreach (var sequence in await ColumnAsync(database, "select sequencename::text from pg_sequences where schemaname = 'public'"))
        {
            content[sequence] = (await ColumnAsync(database, $"select last_value::text || is_called::text from public.\"{sequence}\""))[0];
        }
        content["indexes and constraints"] = string.Join('\n', await ColumnAsync(database,
            """
            select pg_get_indexdef(indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace
            union all select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1
            """));
        return content;
    }

    private static async Task<IReadOnlyList<string>> ColumnAsync(TestDatabase database, string sql)
    {
        var values = new List<string>();
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetString(0));
        }
        return values;
    }

    public static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = new NpgsqlCommand(sql, await database.DataSource.OpenConnectionAsync());
        await using (command.Connection)
        {
            await command.ExecuteNonQueryAsync();
        }
    }
}
