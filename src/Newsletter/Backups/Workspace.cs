using Newsletter.Database;

namespace Newsletter.Backups;

/// <summary>
/// A folder for what must lie on the disk in clear for a while, for this user alone. It goes when it is disposed; after
/// <c>kill -9</c>, when the next one is made.
/// </summary>
internal sealed class Workspace : IDisposable
{
    private const string Prefix = "backup-work-";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string folder;
    private readonly FileLock held;

    private Workspace(string folder, FileLock held)
    {
        this.folder = folder;
        this.held = held;
    }

    /// <param name="parent">Where there is room for a whole database: <c>Data:Directory</c>.</param>
    /// <exception cref="Refusal">Invalid: nothing can be written there.</exception>
    public static async Task<Workspace> CreateAsync(string parent, CancellationToken cancel)
    {
        try
        {
            PrivateFiles.MakeFolder(parent);
            // Between its making and its lock a folder would look like one left behind.
            using var making = await FileLock.TakeAsync(Path.Combine(parent, "backup.lock"), exclusive: true, Patience, cancel);
            foreach (var left in Directory.GetDirectories(parent, Prefix + "*"))
            {
                using var owner = FileLock.TryTake(LockOf(left), exclusive: true);
                if (owner is not null)
                {
                    Directory.Delete(left, recursive: true);
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

    /// <summary>Readable by us alone from the moment when it is there.</summary>
    public FileStream Create(string name) => PrivateFiles.Open(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);

    /// <summary>For another program to write to.</summary>
    /// <returns>Its path.</returns>
    public string CreateEmpty(string name)
    {
        using var file = Create(name);
        return file.Name;
    }

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        held.Dispose();
    }

    private static string LockOf(string folder) => Path.Combine(folder, "lock");
}
