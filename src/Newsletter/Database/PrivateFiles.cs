namespace Newsletter.Database;

/// <summary>Files and folders for this user alone from the moment when they are there, whatever the umask says.</summary>
public static class PrivateFiles
{
    public const UnixFileMode ForFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode ForFolders = ForFiles | UnixFileMode.UserExecute;

    /// <summary>Makes it when it is not there; one that is there stays as it is.</summary>
    public static void MakeFolder(string path) => Directory.CreateDirectory(path, ForFolders);

    /// <param name="mode">One that makes a file; what is there already keeps its rights.</param>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share) => new(path, new FileStreamOptions
    {
        Mode = mode, Access = access, Share = share, UnixCreateMode = ForFiles,
    });

    /// <summary>What is there already is replaced, and closed to others too.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancel = default)
    {
        await using var file = Open(path, FileMode.Create, FileAccess.Write, FileShare.None);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.SafeFileHandle, ForFiles);
        }
        await file.WriteAsync(content, cancel);
    }
}
