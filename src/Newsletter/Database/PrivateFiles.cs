namespace Newsletter.Database;

/// <summary>Creates files and folders that other users cannot access at any time, regardless of the umask.</summary>
public static class PrivateFiles
{
    public const UnixFileMode ForFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode ForFolders = ForFiles | UnixFileMode.UserExecute;

    /// <summary>Creates the folder if missing. An existing folder keeps its permissions.</summary>
    public static void MakeFolder(string path) => Directory.CreateDirectory(path, ForFolders);

    /// <param name="mode">A mode that can create a file. An existing file keeps its permissions.</param>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share) => new(path, new FileStreamOptions
    {
        Mode = mode, Access = access, Share = share, UnixCreateMode = ForFiles,
    });

    /// <summary>Creates or replaces the file. An existing file also loses the permissions of other users.</summary>
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
