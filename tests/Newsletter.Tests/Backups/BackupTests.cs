using System.Formats.Tar;
using Newsletter.Backups;
using Newsletter.Links;

namespace Newsletter.Tests.Backups;

public sealed class BackupTests(BackedUp backedUp) : IClassFixture<BackedUp>, IAsyncLifetime
{
    public Task InitializeAsync() => backedUp.Empty.ResetAsync(migrated: false);

    public Task DisposeAsync()
    {
        Assert.Empty(backedUp.LeftBehind());
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_is_restored_is_what_was_there_row_for_row()
    {
        using var backup = await backedUp.OpenAsync();
        var rows = await new Restoring(backedUp.Empty.ConnectionString).RunAsync(backup, default);

        Assert.Equal(await BackedUp.ContentAsync(backedUp.House.Database), await BackedUp.ContentAsync(backedUp.Empty));
        Assert.Empty(Restoring.Differences(backup.Manifest.Rows, rows));
        Assert.Equal((2L, 52L, 1L, 52L), (rows["items"], rows["subscribers"], rows["editions"], rows["deliveries"]));
        Assert.Equal(0L, await ScalarAsync("select count(*) from pg_namespace where nspname = 'hangfire'"));
        Assert.Equal(52L, await ScalarAsync("select reltuples::bigint from pg_class where relname = 'subscribers'"));
    }

    [Fact]
    public async Task Old_links_are_verified_by_the_signing_keys_of_the_backup()
    {
        using var backup = await backedUp.OpenAsync();

        Assert.Equal(BackedUp.Keys, backup.SigningKeys);
        var site = new SiteOptions { PublicUrl = "https://news.example.com" };
        var old = new SignedLinks(new SigningKeys([BackedUp.Keys[1]]), site, TimeProvider.System).Unsubscribe(new RowKey(7, 5), 3).Split('/')[^1];
        Assert.Equal(new RowKey(7, 5), new SignedLinks(new SigningKeys(backup.SigningKeys), site, TimeProvider.System).Read(LinkPurpose.Unsubscribe, old)?.Row);
    }

    [Fact]
    public async Task Files_that_settings_name_come_back_for_us_alone_and_what_could_not_be_read_is_named()
    {
        using var backup = await backedUp.OpenAsync();
        var target = Directory.CreateDirectory(Path.Combine(backedUp.Folder, Guid.NewGuid().ToString("N"))).FullName;

        var first = await RestoredFiles.WriteAsync(backup, target, default);
        var second = await RestoredFiles.WriteAsync(backup, target, default);

        var dkim = Assert.Single(backup.Manifest.Files);
        Assert.Equal(("Dkim:KeyFile", Path.Combine(backedUp.Folder, "dkim.pem")), (dkim.Setting, dkim.Path));
        Assert.Equal("a key", await File.ReadAllTextAsync(first.PathOf(dkim)));
        Assert.Equal("restored-2", Path.GetFileName(second.Folder));
        Assert.All(Directory.GetFiles(first.Folder, "*", SearchOption.AllDirectories),
            file => Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(file)));
        Assert.All(Directory.GetDirectories(first.Folder, "*", SearchOption.AllDirectories).Append(first.Folder),
            folder => Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(folder)));
        var missing = Assert.Single(backup.Manifest.Missing);
        Assert.Equal(("Smtp:PasswordFile", Path.Combine(backedUp.Folder, "nowhere")), (missing.Setting, missing.Path));
    }

    [Theory]
    [InlineData("create table something (id int)")]
    [InlineData("create view something as select 1 as id")]
    [InlineData("create sequence something")]
    [InlineData("create schema hangfire; create table hangfire.job as select 1 as id")]
    public async Task A_database_with_something_in_it_is_left_as_it_is(string sql)
    {
        await BackedUp.ExecuteAsync(backedUp.Empty, sql);
        using var backup = await backedUp.OpenAsync();

        var refused = await Assert.ThrowsAsync<Refusal>(() => new Restoring(backedUp.Empty.ConnectionString).RunAsync(backup, default));

        Assert.Equal(RefusalKind.Conflict, refused.Kind);
        Assert.Contains("is not empty", refused.Message);
        Assert.Equal(0L, await ScalarAsync("select count(*) from pg_class where relname = 'subscribers'"));
    }

    [Fact]
    public async Task A_restore_that_fails_at_its_end_leaves_nothing()
    {
        using var backup = await backedUp.OpenAsync();
        // An index that cannot be made comes after all rows.
        await BackedUp.ExecuteAsync(backedUp.Empty,
            """
            create schema guard;
            create function guard.refuse() returns event_trigger language plpgsql as $$ begin raise exception 'the disk is full, say'; end $$;
            create event trigger guard on ddl_command_end when tag in ('CREATE INDEX') execute function guard.refuse();
            """);

        var refused = await Assert.ThrowsAsync<Refusal>(() => new Restoring(backedUp.Empty.ConnectionString).RunAsync(backup, default));

        Assert.Contains("the disk is full, say", refused.Message);
        Assert.Equal(0L, await ScalarAsync("select count(*) from pg_class where relnamespace = 'public'::regnamespace"));
    }

    [Fact]
    public async Task A_table_that_was_emptied_before_it_was_locked_is_noticed()
    {
        await BackedUp.ExecuteAsync(backedUp.Empty, "create table plans as select 1 as id; create table others as select 1 as id");
        await using var quiet = await DatabaseSnapshot.TakeAsync(backedUp.Empty.ConnectionString, default);
        await BackedUp.ExecuteAsync(backedUp.Empty, "insert into plans values (2); create table fresh (id int)");
        Assert.False(await quiet.IsOvertakenAsync(default));
        await using var overtaken = await DatabaseSnapshot.TakeAsync(backedUp.Empty.ConnectionString, default);
        await BackedUp.ExecuteAsync(backedUp.Empty, "truncate plans; insert into plans values (3)");

        Assert.True(await overtaken.IsOvertakenAsync(default));
        Assert.Equal(0, (await overtaken.CountAsync(default))["plans"]);
    }

    [Fact]
    public async Task What_is_written_meanwhile_is_not_in_the_backup_and_the_count_is_that_of_the_dump()
    {
        await using var file = File.Create(Path.Combine(backedUp.Folder, "busy.backup"));
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await backedUp.House.ExecuteAsync(
                    "insert into suppressions (email_key, reason, created_at) values (gen_random_uuid() || '@example.com', 'manual', now())");
            }
        });

        await backedUp.WriteAsync(file);
        await file.DisposeAsync();
        await stop.CancelAsync();
        await writing;

        using var backup = await backedUp.OpenAsync(file.Name);
        var rows = await new Restoring(backedUp.Empty.ConnectionString).RunAsync(backup, default);
        Assert.Empty(Restoring.Differences(backup.Manifest.Rows, rows));
        await backedUp.House.ExecuteAsync("delete from suppressions");
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "format 2")]
    [InlineData("0001_roles.sql", "9999_later.sql", "9999_later.sql")]
    [InlineData("\"format\"", "\"formal\"", "does not contain a backup")]
    public async Task A_backup_of_a_later_version_or_of_something_else_is_refused(string was, string becomes, string said)
    {
        var file = await WriteWithoutDumpAsync(System.Text.Encoding.UTF8.GetString(backedUp.Manifest.ToJson()).Replace(was, becomes));

        var refused = await Assert.ThrowsAsync<Refusal>(() => backedUp.OpenAsync(file));

        Assert.Equal(RefusalKind.Invalid, refused.Kind);
        Assert.Contains(said, refused.Message);
    }

    [Fact]
    public async Task A_backup_without_a_dump_is_refused()
    {
        using var backup = await backedUp.OpenAsync(await WriteWithoutDumpAsync(System.Text.Encoding.UTF8.GetString(backedUp.Manifest.ToJson())));

        var refused = await Assert.ThrowsAsync<Refusal>(() => backup.CopyDumpAsync(Stream.Null, default));

        Assert.Equal(RefusalKind.Invalid, refused.Kind);
        Assert.Contains("no database dump", refused.Message);
    }

    [Fact]
    public void No_migration_makes_an_extension_which_a_backup_of_the_schema_would_lack() =>
        Assert.All(Directory.GetFiles(Path.Combine(Repository.Top, "migrations")), file =>
            Assert.DoesNotContain("create extension", File.ReadAllText(file), StringComparison.OrdinalIgnoreCase));

    [Fact]
    public async Task Work_that_a_killed_process_left_is_cleared_away_and_that_of_a_living_one_is_not()
    {
        var parent = Path.Combine(backedUp.Folder, "work");
        using var living = await Workspace.CreateAsync(parent, default);
        var dead = Directory.CreateDirectory(Path.Combine(parent, "backup-work-dead"));
        await File.WriteAllTextAsync(Path.Combine(dead.FullName, "database.dump"), "in clear");

        using (await Workspace.CreateAsync(parent, default))
        {
            Assert.Equal(2, Directory.GetDirectories(parent).Length);
        }

        Assert.False(dead.Exists && Directory.Exists(dead.FullName));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Directory.GetDirectories(parent).Single()));
    }

    private static Task AddAsync(TarWriter tar, string name, string text) =>
        tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) });

    private async Task<string> WriteWithoutDumpAsync(string manifest)
    {
        var file = Path.Combine(backedUp.Folder, Guid.NewGuid().ToString("N"));
        await using var output = File.Create(file);
        await EncryptedFile.WriteAsync(output, backedUp.Passphrase, "x", DateTimeOffset.UnixEpoch, async content =>
        {
            await using var tar = new TarWriter(content, leaveOpen: true);
            await AddAsync(tar, "manifest.json", manifest);
            await AddAsync(tar, "signing-keys.json", "[]");
        });
        return file;
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = backedUp.Empty.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
