using Newsletter.Database;

namespace Newsletter.Cli;

/// <summary>A file that a command writes. An existing file is replaced only after the new one is complete.</summary>
internal static class OutputFile
{
    /// <param name="path">"-" for standard output; a pipe or a device is written to directly.</param>
    /// <param name="isSecret">Only this user may read the file, whatever the mode of an existing file was.</param>
    /// <exception cref="Refusal">Invalid: the file cannot be written. NotFound: its folder does not exist.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, bool isSecret = false)
    {
        if (path == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await write(output);
            return;
        }
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Refusal.Invalid($"'{path.Replace("\0", "", StringComparison.Ordinal)}' is not the name of a file.");
        }
        try
        {
            // ResolveLinkTarget throws for a path that does not exist.
            var target = new FileInfo(path).LinkTarget is null ? Path.GetFullPath(path) : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            if (Directory.Exists(target))
            {
                throw Refusal.Invalid($"'{path}' is a folder: give the name of a file in it.");
            }
            if (!File.Exists(target))
            {
                await ReplaceAsync(target, isSecret ? PrivateFiles.ForFiles : null, write);
                return;
            }
            await using (var there = new FileStream(target, FileMode.Open, FileAccess.Write))
            {
                // A device must not be replaced, even if it can seek.
                if (!there.CanSeek || target.StartsWith("/dev/", StringComparison.Ordinal))
                {
                    await write(there);
                    return;
                }
            }
            await ReplaceAsync(target, isSecret ? PrivateFiles.ForFiles : OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target), write);
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
            // A killed command may have left this file. Other users may be able to read it, or it may be a symbolic link.
            File.Delete(partial);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
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
