using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.Configuration.Json;
using Newsletter.Backups;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter backup FILE</c></summary>
internal static class BackupCommand
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var file = new Argument<string>("FILE") { Description = "- for standard output" };
        var passphraseFile = PassphraseInput.Option();
        var command = new Command("backup", "Save the database, the signing keys and the settings files as one encrypted file").With(file, passphraseFile);
        command.SetAction(async (parsed, cancel) =>
        {
            var path = parsed.GetValue(file)!;
            if (path == "-" && !Console.IsOutputRedirected)
            {
                throw Refusal.Invalid("A backup is binary data and is not written to a terminal: name a file, or redirect the output.");
            }
            var watch = Stopwatch.StartNew();
            var configuration = Settings.Read(settings);
            var passphrase = await PassphraseInput.ReadAsync(parsed.GetValue(passphraseFile), settings, configuration, isNew: true, cancel);
            await using var installation = await Installation.OpenBareAsync(settings, cancel);
            var keys = await installation.SigningKeysAsync(cancel);
            Manifest? manifest = null;
            var writing = new BackupWriting(installation.ConnectionString, TimeProvider.System);
            var files = SettingsFiles.Find(configuration, installation.DataDirectory);
            await OutputFile.WriteAsync(
                path, async output => manifest = await writing.WriteAsync(output, passphrase, installation.DataDirectory, keys, files, cancel), isSecret: true);
            var bytes = path == "-" ? (long?)null : new FileInfo(path).Length;
            var report = new Report(path, bytes, watch.Elapsed.TotalSeconds, keys.Count, NotInside(configuration), manifest!);
            if (path != "-")
            {
                new Output(parsed.GetValue(shared.Output)!).One(report, () => [Line(report)]);
            }
            await WarnAsync(report);
            return report.IsWhole ? ExitCode.Ok : ExitCode.SomeFailed;
        });
        return command;
    }

    private static string Line(Report report) =>
        $"{report.File}: {RestoreCommand.Content(report.Manifest)}, {Amount.Of(report.SigningKeys, "signing key")}, "
        + FormattableString.Invariant(
            $"{Amount.Of(report.Manifest.Files.Count, "file")}; {Amount.Of(report.Bytes ?? 0, "octet")} in {report.Seconds:0.0} s");

    private static async Task WarnAsync(Report report)
    {
        foreach (var missing in report.Manifest.Missing)
        {
            await Console.Error.WriteLineAsync(
                $"warning: not in the backup: {Output.Text(missing.Path)} of {missing.Setting} ({Output.OneLine(missing.Reason)})");
        }
        if (report.SigningKeys == 0)
        {
            await Console.Error.WriteLineAsync(
                "warning: no signing key is configured here, so the backup contains none: without it, the links in mails sent so far will not work.");
        }
        if (report.NotInside.Count > 0)
        {
            var names = string.Join(", ", report.NotInside.Select(Output.Text));
            await Console.Error.WriteLineAsync(
                $"Not in the backup, because they come from the environment or the command line: {names}. Save them separately.");
        }
    }

    /// <summary>
    /// Names of settings that are in no file. The signing keys are excluded, because the backup always has them. An environment variable without
    /// a section is not a setting of this program.
    /// </summary>
    private static IReadOnlyList<string> NotInside(IConfigurationRoot configuration) =>
    [
        .. configuration.AsEnumerable()
            .Where(setting => setting.Value is not null && setting.Key.Contains(':', StringComparison.Ordinal))
            .Select(setting => setting.Key)
            .Where(name => !name.StartsWith("Site:SigningKeys:", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("Backup:", StringComparison.OrdinalIgnoreCase))
            .Where(name => configuration.Providers.Last(provider => provider.TryGet(name, out _)) is not JsonConfigurationProvider)
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    private sealed record Report(string File, long? Bytes, double Seconds, int SigningKeys, IReadOnlyList<string> NotInside, Manifest Manifest)
    {
        public bool IsWhole => Manifest.Missing.Count == 0 && SigningKeys > 0;
    }
}
