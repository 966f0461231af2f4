using Newsletter.Database;

namespace Newsletter.Backups;

/// <summary>
/// A private temporary folder for unencrypted data. <c>Dispose</c> deletes it; after <c>kill -9</c> the next
/// <c>CreateAsync</c> deletes it.
/// </summary>
internal sealed class Workspace : IDisposable
{
    private const string Prefix = "backup-work-";
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);
    private readonly string folder;
    private readonly FileLock folderLock;

    private Workspace(string folder, FileLock folderLock)
    {
        this.folder = folder;
        this.folderLock = folderLock;
    }

    /// <param name="parent">A folder with disk space for a whole database: <c>Data:Directory</c>.</param>
    /// <exception cref="Refusal">Invalid: the folder is not writable. Conflict: lock timeout.</exception>
    public static async Task<Workspace> CreateAsync(string parent, CancellationToken cancel)
    {
        try
        {
            PrivateFiles.MakeFolder(parent);
            // Race: a folder that is created but not yet locked would look abandoned to another process, which would delete it.
            using var createLock = await FileLock.TakeAsync(Path.Combine(parent, "backup.lock"), exclusive: true, LockTimeout, cancel);
            foreach (var abandoned in Directory.GetDirectories(parent, Prefix + "*"))
            {
                using var owner = FileLock.TryTake(LockOf(abandoned), exclusive: true);
                if (owner is not null)
                {
                    Directory.Delete(abandoned, recursive: true);
                }
            }
            var folder = Directory.CreateDirectory(Path.Combine(parent, Prefix + Guid.NewGuid().ToString("N")), PrivateFiles.ForFolders).FullName;
            return new Workspace(folder, FileLock.TryTake(LockOf(folder), exclusive: true)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Invalid($"'{parent}' cannot be used ({failure.Message.TrimEnd('.')}): a backup needs a folder to work in, see Data:Directory.");
        }
    }

    /// <summary>Creates a file that only this user can read, from its creation on.</summary>
    public FileStream Create(string name) => PrivateFiles.Open(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);

    /// <summary>Creates an empty private file for another program to write to.</summary>
    /// <returns>Path of the file.</returns>
    public string CreateEmpty(string name)
    {
        using var file = Create(name);
        return file.Name;
    }

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        folderLock.Dispose();
    }

    private static string LockOf(string folder) => Path.Combine(folder, "lock");
}
