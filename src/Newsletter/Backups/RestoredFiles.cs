using System.Text.Json;
using Newsletter.Database;

namespace Newsletter.Backups;

/// <summary>
/// The files of a backup, put into a folder of their own for the operator to look at: where they came from, there may be others
/// now, and what is there is never overwritten.
/// </summary>
public sealed class RestoredFiles
{
    private RestoredFiles(string folder) => Folder = folder;

    public string Folder { get; }

    /// <param name="dataDirectory">In it, <c>restored</c>; <c>restored-2</c> when that is there already, and so on.</param>
    /// <exception cref="Refusal">Invalid: they cannot be written.</exception>
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

    /// <summary>When the database could not be restored, nothing was.</summary>
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
        // What somebody who knows the passphrase put together may name any path.
        if (!path.StartsWith(Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Refusal.Invalid($"The backup names a file outside of its folder ({name}).");
        }
        MakeFolder(Path.GetDirectoryName(path)!);
        await using var file = PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await content.CopyToAsync(file, cancel);
    }

    /// <summary>The mode that .NET is given goes to the last folder alone.</summary>
    private void MakeFolder(string folder)
    {
        if (folder.Length > Folder.Length)
        {
            MakeFolder(Path.GetDirectoryName(folder)!);
        }
        PrivateFiles.MakeFolder(folder);
    }
}
