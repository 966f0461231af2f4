namespace Newsletter.Cli;

/// <summary>A file that a command writes. What was there stays until the new one is whole.</summary>
internal static class OutputFile
{
    /// <param name="path">"-" for standard output; a pipe or a device is written to as it is.</param>
    /// <exception cref="Refusal">Invalid: it cannot be written. NotFound: its folder is not there.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        if (path == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await write(output);
            return;
        }
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
            if (!File.Exists(target))
            {
                await ReplaceAsync(target, null, write);
                return;
            }
            await using (var there = new FileStream(target, FileMode.Open, FileAccess.Write))
            {
                // A device that can be sought in is still none to be replaced.
                if (!there.CanSeek || target.StartsWith("/dev/", StringComparison.Ordinal))
                {
                    await write(there);
                    return;
                }
            }
            await ReplaceAsync(target, OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target), write);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new Refusal(failure is DirectoryNotFoundException ? RefusalKind.NotFound : RefusalKind.Invalid,
                $"'{path}' cannot be written: {failure.Message.TrimEnd('.')}.");
        }
    }

    private static async Task ReplaceAsync(string target, UnixFileMode? mode, Func<Stream, Task> write)
    {
        var partial = FormattableString.Invariant($"{target}.{Environment.ProcessId}.partial");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (mode is not null)
            {
                options.UnixCreateMode = mode;
            }
            await using (var stream = new FileStream(partial, options))
            {
                await write(stream);
            }
            File.Move(partial, target, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
