using System.Text.Json;
using Newsletter.Database;

namespace Newsletter.Backups;

/// <summary>
/// Writes the settings files of a backup into a separate folder for the operator to review. Their original paths may contain other
/// files now, and existing files are never overwritten.
/// </summary>
public sealed class RestoredFiles
{
    private RestoredFiles(string folder) => Folder = folder;

    public string Folder { get; }

    /// <param name="dataDirectory">The files go to its subfolder <c>restored</c>, or <c>restored-2</c> if that exists, and so on.</param>
    /// <exception cref="Refusal">Invalid: the files cannot be written.</exception>
    public static async Task<RestoredFiles> WriteAsync(OpenedBackup backup, string dataDirectory, CancellationToken cancel)
    {
        var top = Path.Combine(dataDirectory, "restored");
        for (var i = 2; Path.Exists(top); i++)
        {
            top = FormattableString.Invariant($"{Path.Combine(dataDirectory, "restored")}-{i}");
        }
        var restored = new RestoredFiles(top);
        try
        {
            await restored.WriteFileAsync(
                BackupWriting.SigningKeysName, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(backup.SigningKeys)), cancel);
            await foreach (var (file, content) in backup.FilesAsync(cancel))
            {
                await restored.WriteFileAsync(file.Name, content, cancel);
            }
            return restored;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            restored.Delete();
            throw Refusal.Invalid($"'{top}' cannot be written ({failure.Message.TrimEnd('.')}).");
        }
        catch
        {
            restored.Delete();
            throw;
        }
    }

    public string PathOf(SettingsFile file) => Path.Combine(Folder, file.Name);

    /// <summary>Deletes the folder. For a restore that failed: it must leave nothing behind.</summary>
    public void Delete()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task WriteFileAsync(string name, Stream content, CancellationToken cancel)
    {
        var path = Path.GetFullPath(Path.Combine(Folder, name));
        // Path traversal: the encryption is symmetric, so an attacker with the passphrase can forge a backup with any path.
        if (!path.StartsWith(Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Refusal.Invalid($"The backup names a file outside of its folder ({name}).");
        }
        MakeFolder(Path.GetDirectoryName(path)!);
        await using var file = PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await content.CopyToAsync(file, cancel);
    }

    /// <summary>Creates each folder of the path separately: .NET applies the mode only to the last folder.</summary>
    private void MakeFolder(string folder)
    {
        if (folder.Length > Folder.Length)
        {
            MakeFolder(Path.GetDirectoryName(folder)!);
        }
        PrivateFiles.MakeFolder(folder);
    }
}
