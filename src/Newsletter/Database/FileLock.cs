namespace Newsletter.Database;

/// <summary>
/// An advisory lock on a file (flock), shared or exclusive, between processes. The kernel gives it back when its
/// process dies, however it dies: that is why it is used instead of files with process ids.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // errno, which .NET passes on here.
    private const int DiskFull = 28;
    private const int ReadOnlyDisk = 30;

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <returns>Null when another process holds the lock in a way that excludes this one.</returns>
    public static FileLock? TryTake(string path, bool exclusive)
    {
        try
        {
            return new(PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.Read, exclusive ? FileShare.None : FileShare.Read));
        }
        catch (IOException failure) when (failure.HResult is not (DiskFull or ReadOnlyDisk) && failure is not (DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <exception cref="Refusal">Conflict: it was not given back within <paramref name="patience"/>.</exception>
    public static async Task<FileLock> TakeAsync(string path, bool exclusive, TimeSpan patience, CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            if (TryTake(path, exclusive) is { } taken)
            {
                return taken;
            }
            if (waited >= patience)
            {
                throw Refusal.Conflict($"Another newsletter process has held '{path}' for {patience.TotalSeconds:0} seconds: look whether it hangs, then try again.");
            }
            await Task.Delay(Pause, cancel);
        }
    }

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public void Dispose() => file.Dispose();
}
