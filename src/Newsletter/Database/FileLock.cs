namespace Newsletter.Database;

/// <summary>
/// An advisory lock between processes on a file (flock), shared or exclusive. The kernel releases it when the process dies, for
/// any reason; that is the advantage over files with process ids.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // EWOULDBLOCK of Linux: .NET passes the errno of flock on as HResult.
    private const int WouldBlock = 11;

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <returns>Null if another process holds a conflicting lock.</returns>
    public static FileLock? TryTake(string path, bool exclusive)
    {
        try
        {
            return new(PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.Read, exclusive ? FileShare.None : FileShare.Read));
        }
        catch (IOException failure) when (failure.HResult == WouldBlock)
        {
            return null;
        }
    }

    /// <exception cref="Refusal">Conflict: the lock was not released within <paramref name="timeout"/>.</exception>
    public static async Task<FileLock> TakeAsync(string path, bool exclusive, TimeSpan timeout, CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; ; waited += PollInterval)
        {
            if (TryTake(path, exclusive) is { } taken)
            {
                return taken;
            }
            if (waited >= timeout)
            {
                throw Refusal.Conflict(
                    $"Another newsletter process has held '{path}' for {timeout.TotalSeconds:0} seconds: check whether that process hangs, then try again.");
            }
            await Task.Delay(PollInterval, cancel);
        }
    }

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public void Dispose() => file.Dispose();
}
