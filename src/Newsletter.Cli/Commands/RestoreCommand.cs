using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Newsletter.Accounts;
using Newsletter.Backups;
using Newsletter.Restores;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter restore FILE</c>, also as a drill.</summary>
internal static class RestoreCommand
{
    /// <summary>Tables whose number of rows an operator can judge.</summary>
    private static readonly (string Table, string One)[] Named =
    [
        ("items", "item"), ("subscribers", "subscriber"), ("editions", "edition"), ("deliveries", "delivery"),
    ];

    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "file written by 'newsletter backup'; for a file named status or confirm, write ./status or ./confirm",
        };
        var passphraseFile = PassphraseInput.Option();
        var drill = new Option<bool>("--drill") { Description = "restore into a temporary database and check that everything is there" };
        var command = new Command("restore", "Restore a backup into an empty database, or check a restored database")
            .With(file, passphraseFile, drill, RestoredCommands.Status(shared, settings), RestoredCommands.Confirm(shared, settings));
        command.SetAction(async (parsed, cancel) =>
        {
            var configuration = Settings.Read(settings);
            var passphrase = await PassphraseInput.ReadAsync(parsed.GetValue(passphraseFile), settings, configuration, isNew: false, cancel);
            var output = new Output(parsed.GetValue(shared.Output)!);
            return parsed.GetValue(drill)
                ? await DrillAsync(parsed.GetValue(file)!, passphrase, output, cancel)
                : await RestoreAsync(parsed.GetValue(file)!, passphrase, settings, Installation.DirectoryOf(configuration), output, cancel);
        });
        return command;
    }

    /// <summary>A clause about the content of a backup.</summary>
    public static string Content(Manifest manifest) =>
        string.Join(", ", Named.Select(n => Amount.Of(manifest.Rows.GetValueOrDefault(n.Table), n.One, n.Table))) + $", schema {manifest.Schema}";

    private static async Task<int> RestoreAsync(
        string path, Passphrase passphrase, IReadOnlyDictionary<string, string?> settings, string dataDirectory, Output output, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        using var backup = await OpenedBackup.OpenAsync(path, passphrase, dataDirectory, cancel);
        var manifest = backup.Manifest;
        RestoredFiles files;
        IReadOnlyList<string> differences;
        IReadOnlyList<string> keys;
        await using (var installation = await Installation.OpenBareAsync(settings, cancel))
        {
            files = await RestoredFiles.WriteAsync(backup, dataDirectory, cancel);
            try
            {
                differences = Restoring.Differences(manifest.Rows, await new Restoring(installation.ConnectionString).RunAsync(backup, cancel));
            }
            catch
            {
                files.Delete();
                throw;
            }
            if (backup.SigningKeys is [var newest, ..])
            {
                await installation.TakeBackSigningKeyAsync(newest);
            }
            keys = await installation.SigningKeysAsync(CancellationToken.None);
        }
        // Completes the database as for a new one, and applies migrations that are newer than the backup.
        await using (var migrated = await Installation.OpenAsync(settings, migrate: true, cancel: CancellationToken.None))
        {
            // Needed if the database of the backup had sent nothing yet.
            await using var services = migrated.Services(verbose: false);
            await services.GetRequiredService<InstallationStore>().AddAsync();
            await services.GetRequiredService<InstallationStore>().HoldAsync("it was brought back from a backup");
            // The backup may contain sessions that have ended since: they must not become valid again.
            await services.GetRequiredService<EditorSessionStore>().DeleteAllAsync();
        }
        var unconfiguredKeys = backup.SigningKeys.Except(keys).Count();
        var report = new Report(path, watch.Elapsed.TotalSeconds, files.Folder, unconfiguredKeys, differences, manifest);
        output.One(report, () => Lines(report, files, keys.Count));
        await Console.Error.WriteLineAsync(
            "Nothing is sent until you confirm: 'newsletter restore status' shows what would be sent, 'newsletter restore confirm' allows it.");
        return differences.Count == 0 ? ExitCode.Ok : ExitCode.SomeFailed;
    }

    private static IEnumerable<string> Lines(Report report, RestoredFiles files, int keys) =>
    [
        FormattableString.Invariant($"Restored the state of {Output.Text(report.Manifest.CreatedAt)}: {Content(report.Manifest)}; {report.Seconds:0.0} s"),
        .. report.Differences.Select(difference => $"MISSING: {difference}"),
        // Signing keys are reported on a separate line.
        .. report.Manifest.Files.Where(file => Path.GetFileName(file.Path) != SettingsFiles.SigningKeyFile).Select(file =>
            $"{Output.Text(file.Path)} ({Output.Text(file.Setting)}) is in {Output.Text(files.PathOf(file))}: move it to its place"),
        .. report.OtherSigningKeys == 0 ? [] : (string[])[string.Create(CultureInfo.InvariantCulture,
            $"{Amount.Of(report.OtherSigningKeys, "signing key of the backup is", "signing keys of the backup are")} not configured here: the "
            + $"links in mails sent until then need them as "
            + $"Site:SigningKeys:{keys} and on; they are in {files.Folder}/signing-keys.json")],
    ];

    private static async Task<int> DrillAsync(string path, Passphrase passphrase, Output output, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var folder = Directory.CreateTempSubdirectory("newsletter-drill-");
        try
        {
            // PostgreSQL refuses to run as root: under root the drill's server runs as the user postgres, which needs access to its files.
            folder.UnixFileMode |= UnixFileMode.OtherExecute;
            using var backup = await OpenedBackup.OpenAsync(path, passphrase, folder.FullName, cancel);
            IReadOnlyList<DrillCheck> checks =
            [
                new("file", true, $"whole, of {Output.Text(backup.Manifest.CreatedAt)}: {Content(backup.Manifest)}"),
                .. await Drill.RunAsync(backup, folder.FullName, cancel),
                new("settings", backup.Manifest.Missing.Count == 0, backup.Manifest.Missing.Count == 0
                    ? Amount.Of(backup.Manifest.Files.Count, "file")
                    : $"not in it: {string.Join(", ", backup.Manifest.Missing.Select(missing => Output.Text(missing.Path)))}"),
            ];
            output.List(checks, ("CHECK", c => c.Name), ("", c => c.Good ? "good" : "BAD"), ("", c => c.Message));
            await Console.Error.WriteLineAsync(
                FormattableString.Invariant($"The drill took {watch.Elapsed.TotalSeconds:0.0} s; everything it created was removed."));
            return checks.All(c => c.Good) ? ExitCode.Ok : ExitCode.SomeFailed;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed record Report(
        string File, double Seconds, string Restored, int OtherSigningKeys, IReadOnlyList<string> Differences, Manifest Manifest);
}
