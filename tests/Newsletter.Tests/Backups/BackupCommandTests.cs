using Newsletter.Tests.Faults;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Backups;

/// <summary>The built program, from outside.</summary>
public sealed class BackupCommandTests(BackedUp backedUp) : IClassFixture<BackedUp>, IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-backup-cli-");

    public Task InitializeAsync() => backedUp.Empty.ResetAsync(migrated: false);

    public Task DisposeAsync()
    {
        folder.Delete(recursive: true);
        Assert.Empty(backedUp.LeftBehind());
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_backup_takes_the_place_of_a_file_when_it_is_whole_and_is_for_us_alone()
    {
        var old = Path.Combine(folder.FullName, "old");
        await File.WriteAllTextAsync(old, "an older backup");
        File.SetUnixFileMode(old, (UnixFileMode)0b110_100_100);
        var link = Path.Combine(folder.FullName, "link");
        File.CreateSymbolicLink(link, old);

        var run = await BackupAsync(link, "-o", "json");

        Assert.Equal((0, "old"), (run.ExitCode, Path.GetFileName(File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName)));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(old));
        Assert.Equal(52, run.Json.GetProperty("manifest").GetProperty("rows").GetProperty("deliveries").GetInt64());
        Assert.Contains("Smtp:Host", run.Error);
        Assert.DoesNotContain("Site:SigningKeys", run.Error);
        Assert.DoesNotContain(BackedUp.Words, run.Error + run.Output);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.FullName).Length);
        using var backup = await backedUp.OpenAsync(old);
        Assert.Equal("a key for tests, and for nothing else", Assert.Single(backup.SigningKeys));
    }

    [Fact]
    public async Task A_backup_goes_to_standard_output_with_nothing_else()
    {
        var file = Path.Combine(folder.FullName, "piped");
        using var process = CliRun.Start(backedUp.Settings(backedUp.House.Database), "backup", "-", "--passphrase-file", backedUp.PassphraseFile);
        await using (var output = File.Create(file))
        {
            await process.StandardOutput.BaseStream.CopyToAsync(output);
        }
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        using var backup = await backedUp.OpenAsync(file);
        Assert.Equal(52, backup.Manifest.Rows["deliveries"]);
    }

    [Fact]
    public async Task A_file_that_settings_name_and_nobody_can_read_is_said_and_the_rest_is_backed_up()
    {
        var run = await BackupAsync(Path.Combine(folder.FullName, "new"), "--Dkim:KeyFile", "/nowhere/dkim.pem");

        Assert.Equal(7, run.ExitCode);
        Assert.Contains("warning: not in the backup: /nowhere/dkim.pem of Dkim:KeyFile", run.Error);
        Assert.True(File.Exists(Path.Combine(folder.FullName, "new")));
    }

    [Theory]
    [InlineData(3, "")]
    [InlineData(4, "nowhere/file")]
    [InlineData(3, "/dev/full")]
    public async Task Where_a_backup_cannot_be_written_is_said_and_nothing_is_left(int exitCode, string file)
    {
        var run = await BackupAsync(Path.Combine(folder.FullName, file));

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Single(run.Error.Trim().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullName));
    }

    [Fact]
    public async Task A_passphrase_comes_of_a_file_or_the_environment_and_never_of_the_command_line()
    {
        var settings = backedUp.Settings(backedUp.House.Database);
        var file = Path.Combine(folder.FullName, "file");
        Assert.Contains("No passphrase", await RefusedAsync());
        Assert.Contains("Do not put the passphrase on the command line", await RefusedAsync("--Backup:Passphrase", BackedUp.Words));
        Assert.Contains("cannot be read", await RefusedAsync("--passphrase-file", "/nowhere"));
        settings["Backup:Passphrase"] = "eleven char";
        Assert.Contains("12 characters", await RefusedAsync());
        settings["Backup:PassphraseFile"] = backedUp.PassphraseFile;

        Assert.Equal(0, (await CliRun.OfAsync(settings, ["backup", file])).ExitCode);
        using var backup = await backedUp.OpenAsync(file);

        async Task<string> RefusedAsync(params string[] words)
        {
            var run = await CliRun.OfAsync(settings, ["backup", file, .. words]);
            Assert.Equal((3, 1, false), (run.ExitCode, run.Error.Trim().Split('\n').Length, File.Exists(file)));
            return run.Error;
        }
    }

    [Fact]
    public async Task A_backup_that_is_stopped_in_the_middle_leaves_nothing()
    {
        await using var held = await backedUp.House.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await held.BeginTransactionAsync();
        // pg_dump looks there, and nobody else.
        await using var hold = new Npgsql.NpgsqlCommand("lock table pg_ts_config in access exclusive mode", held, transaction);
        await hold.ExecuteNonQueryAsync();
        using var process = CliRun.Start(
            backedUp.Settings(backedUp.House.Database), "backup", Path.Combine(folder.FullName, "file"), "--passphrase-file", backedUp.PassphraseFile);
        process.StandardInput.Close();
        const string waits = "select count(*) from pg_stat_activity where application_name = 'newsletter backup' and wait_event_type = 'Lock'";
        for (var i = 0; i < 600 && await backedUp.House.ScalarAsync<long>(waits) == 0; i++)
        {
            await Task.Delay(100);
        }
        Assert.Single(backedUp.LeftBehind());

        await Signal.SendAsync("TERM", process);

        var run = await CliRun.EndAsync(process);
        Assert.Equal((130, "Interrupted.\n"), (run.ExitCode, run.Error));
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullName));
    }

    [Fact]
    public async Task A_restore_into_the_configured_database_says_what_follows()
    {
        var settings = backedUp.Settings(backedUp.Empty);
        settings["Data:Directory"] = folder.FullName;
        settings["Site:SigningKeys:0"] = "a new key, which old links do not know";

        var run = await CliRun.OfAsync(settings, ["restore", backedUp.File, "--passphrase-file", backedUp.PassphraseFile]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("2 items, 52 subscribers, 1 edition, 52 deliveries", run.Output);
        Assert.Contains($"dkim.pem (Dkim:KeyFile) is in {folder.FullName}/restored/files", run.Output);
        Assert.Contains("2 signing keys of the backup are not configured here", run.Output);
        Assert.Contains("Site:SigningKeys:1", run.Output);
        Assert.Contains("newsletter restore confirm", run.Error);
        // It is migrated afterwards: that brings the taxonomy up to date, which uses up numbers and changes no row.
        var other = (await BackedUp.ContentAsync(backedUp.Empty)).Except(await BackedUp.ContentAsync(backedUp.House.Database));
        Assert.DoesNotContain(
            other, table => !table.Key.EndsWith("_seq", StringComparison.Ordinal) && table.Key is not ("installation" or "editor_sessions"));
        await using var sessions = backedUp.Empty.DataSource.CreateCommand("select count(*) from editor_sessions");
        Assert.Equal(0L, await sessions.ExecuteScalarAsync());
        var again = await CliRun.OfAsync(settings, ["restore", backedUp.File, "--passphrase-file", backedUp.PassphraseFile]);
        Assert.Equal((5, 1), (again.ExitCode, again.Error.Trim().Split('\n').Length));
        Assert.False(Path.Exists(Path.Combine(folder.FullName, "restored-2")));
    }

    [Fact]
    public async Task What_is_no_whole_backup_is_refused_before_a_database_is_made()
    {
        var settings = new Dictionary<string, string> { ["Data:Directory"] = folder.CreateSubdirectory("data").FullName };
        var bytes = await File.ReadAllBytesAsync(backedUp.File);
        var cut = Path.Combine(folder.FullName, "cut");
        await File.WriteAllBytesAsync(cut, bytes[..(bytes.Length / 2)]);
        var words = Path.Combine(folder.FullName, "words");
        await File.WriteAllTextAsync(words, "another passphrase");

        Assert.Equal(3, await RestoreAsync(cut, backedUp.PassphraseFile));
        Assert.Equal(3, await RestoreAsync(backedUp.File, words));
        Assert.Equal(3, await RestoreAsync(words, words));
        Assert.Equal(4, await RestoreAsync(Path.Combine(folder.FullName, "none"), words));
        Assert.Equal(3, await RestoreAsync(folder.FullName, words));
        Assert.False(Path.Exists(Path.Combine(settings["Data:Directory"], "postgres")));

        async Task<int> RestoreAsync(string file, string passphrase)
        {
            var run = await CliRun.OfAsync(settings, ["restore", file, "--passphrase-file", passphrase]);
            Assert.Single(run.Error.Trim().Split('\n'));
            return run.ExitCode;
        }
    }

    [Fact]
    public async Task An_embedded_database_comes_back_with_its_signing_key_and_a_drill_leaves_nothing()
    {
        folder.UnixFileMode |= UnixFileMode.OtherExecute;
        var settings = new Dictionary<string, string>
        {
            ["Data:Directory"] = Path.Combine(folder.FullName, "data"),
            ["TMPDIR"] = folder.CreateSubdirectory("tmp").FullName,
        };

        var drill = await CliRun.OfAsync(settings, ["restore", backedUp.File, "--drill", "--passphrase-file", backedUp.PassphraseFile]);

        // The fixture's backup lacks a file that a setting names.
        Assert.True(drill.ExitCode == 7, drill.Error);
        Assert.Equal(["file", "rows", "schema", "signing", "settings"], drill.Output.Trim().Split('\n').Skip(1).Select(line => line.Split(' ')[0]));
        Assert.Equal(1, drill.Output.Split("BAD").Length - 1);
        Assert.Contains("as many as were backed up", drill.Output);
        Assert.Empty(Directory.GetFileSystemEntries(settings["TMPDIR"]));
        Assert.False(Path.Exists(settings["Data:Directory"]));

        var restore = await CliRun.OfAsync(settings, ["restore", backedUp.File, "--passphrase-file", backedUp.PassphraseFile]);

        Assert.True(restore.ExitCode == 0, restore.Error);
        Assert.Equal(BackedUp.Keys[0], await File.ReadAllTextAsync(Path.Combine(settings["Data:Directory"], "signing.key")));
        Assert.Contains("1 signing key of the backup is not configured here", restore.Output);
        Assert.Contains("cto@example.com", (await CliRun.OfAsync(settings, ["subscribers", "list"])).Output);
        Assert.False(Path.Exists(Path.Combine(settings["Data:Directory"], "postgres", "postmaster.pid")));
    }

    private Task<CliRun> BackupAsync(string file, params string[] words) =>
        CliRun.OfAsync(backedUp.Settings(backedUp.House.Database), ["backup", file, "--passphrase-file", backedUp.PassphraseFile, .. words]);
}
