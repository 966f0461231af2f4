using System.Formats.Tar;
using System.Reflection;
using System.Text.Json;

namespace Newsletter.Backups;

/// <summary>Writes a backup: a tar of manifest, signing keys, settings files and database dump, encrypted with a passphrase.</summary>
public sealed class BackupWriting(string connectionString, TimeProvider time)
{
    internal const string ManifestName = "manifest.json";
    internal const string SigningKeysName = "signing-keys.json";
    internal const string DumpName = "database.dump";
    private const int MaxAttempts = 3;

    /// <param name="workFolder">Folder for the temporary dump file: a tar header needs the size before the content.</param>
    /// <param name="signingKeys">Newest first.</param>
    /// <param name="settingsFiles">Result of <see cref="SettingsFiles.Find"/>.</param>
    /// <exception cref="Refusal">
    /// NotFound: the database has no schema of this program. Unreachable: pg_dump is missing or failed. Conflict: editions were
    /// planned during every attempt.
    /// </exception>
    public async Task<Manifest> WriteAsync(
        Stream output, Passphrase passphrase, string workFolder, IReadOnlyList<string> signingKeys,
        IReadOnlyList<(string Path, string Setting)> settingsFiles, CancellationToken cancel)
    {
        var (files, missing) = await SettingsFiles.ReadAsync(settingsFiles, cancel);
        using var workspace = await Workspace.CreateAsync(workFolder, cancel);
        var dumpFile = workspace.CreateEmpty(DumpName);
        var manifest = await DumpAsync(dumpFile, cancel) with { Files = [.. files.Select(f => f.File)], Missing = missing };
        await EncryptedFile.WriteAsync(output, passphrase, "newsletter.tar", manifest.CreatedAt, async content =>
        {
            await using var tar = new TarWriter(content, TarEntryFormat.Pax, leaveOpen: true);
            await AddAsync(tar, ManifestName, new MemoryStream(manifest.ToJson()), manifest.CreatedAt, cancel);
            await AddAsync(tar, SigningKeysName, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(signingKeys)), manifest.CreatedAt, cancel);
            foreach (var (file, bytes) in files)
            {
                await AddAsync(tar, file.Name, new MemoryStream(bytes), manifest.CreatedAt, cancel);
            }
            await using var dump = File.OpenRead(dumpFile);
            await AddAsync(tar, DumpName, dump, manifest.CreatedAt, cancel);
        });
        return manifest;
    }

    private async Task<Manifest> DumpAsync(string dump, CancellationToken cancel)
    {
        for (var i = 0; i < MaxAttempts; i++)
        {
            var at = time.GetUtcNow();
            await using var snapshot = await DatabaseSnapshot.TakeAsync(connectionString, cancel);
            var migrations = await snapshot.MigrationsAsync(cancel);
            var rows = await snapshot.CountAsync(cancel);
            var pgDump = await snapshot.DumpAsync(dump, cancel);
            if (!await snapshot.IsOvertakenAsync(cancel))
            {
                return new Manifest
                {
                    Format = Manifest.CurrentFormat, Program = Version, CreatedAt = at, Schema = migrations[^1], Migrations = migrations,
                    Postgres = snapshot.Postgres, PgDump = pgDump, Rows = rows, Files = [], Missing = [],
                };
            }
        }
        throw Refusal.Conflict(
            $"An edition was planned during each of {MaxAttempts} tries to copy the database: run the backup again when no editions are being planned.");
    }

    private static string Version => typeof(BackupWriting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static Task AddAsync(TarWriter tar, string name, Stream content, DateTimeOffset at, CancellationToken cancel)
    {
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = content, ModificationTime = at, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        return tar.WriteEntryAsync(entry, cancel);
    }
}
