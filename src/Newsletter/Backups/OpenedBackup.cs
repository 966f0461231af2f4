using System.Formats.Tar;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Newsletter.Backups;

/// <summary>A backup that was decrypted into a private temporary folder and whose integrity was verified.</summary>
public sealed class OpenedBackup : IDisposable
{
    private const int MaxJsonBytes = 16 * 1024 * 1024;
    private readonly Workspace workspace;
    private readonly FileStream tar;

    private OpenedBackup(Workspace workspace, FileStream tar, Manifest manifest, IReadOnlyList<string> signingKeys)
    {
        this.workspace = workspace;
        this.tar = tar;
        Manifest = manifest;
        SigningKeys = signingKeys;
    }

    public Manifest Manifest { get; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<string> SigningKeys { get; }

    /// <param name="workFolder">A folder with enough disk space for the decrypted content.</param>
    /// <exception cref="Refusal">
    /// NotFound: no such file. Invalid: not a backup, wrong passphrase, truncated, modified, or written by a newer version.
    /// </exception>
    public static async Task<OpenedBackup> OpenAsync(string path, Passphrase passphrase, string workFolder, CancellationToken cancel)
    {
        await using var file = Open(path);
        var workspace = await Workspace.CreateAsync(workFolder, cancel);
        FileStream? tar = null;
        try
        {
            tar = workspace.Create("backup.tar");
            await EncryptedFile.ReadAsync(file, passphrase, tar, path, cancel);
            tar.Position = 0;
            var (manifest, keys) = await HeadAsync(tar, path, cancel);
            if (manifest.NewerMigration is { } newer)
            {
                throw Refusal.Invalid(
                    $"The backup is of a newer version of newsletter ({newer} is unknown to this one): restore it with {manifest.Program} or newer.");
            }
            return new OpenedBackup(workspace, tar, manifest, keys);
        }
        catch
        {
            tar?.Dispose();
            workspace.Dispose();
            throw;
        }
    }

    /// <summary>Copies the database dump, in pg_dump's custom format, to <paramref name="target"/>.</summary>
    /// <exception cref="Refusal">Invalid: the backup contains no dump.</exception>
    internal async Task CopyDumpAsync(Stream target, CancellationToken cancel)
    {
        await foreach (var entry in EntriesAsync(tar, cancel))
        {
            if (entry is { Name: BackupWriting.DumpName, DataStream: { } dump })
            {
                await dump.CopyToAsync(target, cancel);
                return;
            }
        }
        throw Refusal.Invalid("The backup contains no database dump: it is damaged, or another program wrote it.");
    }

    /// <summary>The settings files listed in the manifest, each with its content.</summary>
    internal async IAsyncEnumerable<(SettingsFile File, Stream Content)> FilesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var files = Manifest.Files.ToDictionary(file => file.Name);
        await foreach (var entry in EntriesAsync(tar, cancel))
        {
            if (entry is { EntryType: TarEntryType.RegularFile } && files.TryGetValue(entry.Name, out var file))
            {
                yield return (file, entry.DataStream ?? Stream.Null);
            }
        }
    }

    public void Dispose()
    {
        tar.Dispose();
        workspace.Dispose();
    }

    private static FileStream Open(string path)
    {
        try
        {
            return InputFile.OpenRead(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new Refusal(failure is FileNotFoundException or DirectoryNotFoundException ? RefusalKind.NotFound : RefusalKind.Invalid,
                $"'{path}' cannot be opened: {failure.Message.TrimEnd('.')}.");
        }
    }

    private static async Task<(Manifest Manifest, IReadOnlyList<string> Keys)> HeadAsync(FileStream tar, string path, CancellationToken cancel)
    {
        try
        {
            await using var reader = new TarReader(tar, leaveOpen: true);
            var manifest = Manifest.Parse(await JsonAsync(reader, BackupWriting.ManifestName, cancel));
            var keys = JsonSerializer.Deserialize<string[]>((await JsonAsync(reader, BackupWriting.SigningKeysName, cancel)).Span)!;
            return (manifest, keys);
        }
        catch (Exception other) when (other is JsonException or InvalidDataException or IOException or FormatException)
        {
            throw Refusal.Invalid($"'{path}' was decrypted, but does not contain a backup of newsletter ({other.Message.TrimEnd('.')}).");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> JsonAsync(TarReader reader, string name, CancellationToken cancel)
    {
        if (await reader.GetNextEntryAsync(cancellationToken: cancel) is not { DataStream: { Length: <= MaxJsonBytes } content } entry || entry.Name != name)
        {
            throw new InvalidDataException($"{name} is missing, too large, or not at the expected position");
        }
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    private static async IAsyncEnumerable<TarEntry> EntriesAsync(FileStream tar, [EnumeratorCancellation] CancellationToken cancel)
    {
        tar.Position = 0;
        await using var reader = new TarReader(tar, leaveOpen: true);
        while (await reader.GetNextEntryAsync(cancellationToken: cancel) is { } entry)
        {
            yield return entry;
        }
    }
}
