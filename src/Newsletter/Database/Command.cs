using System.ComponentModel;
using System.Diagnostics;

namespace Newsletter.Database;

/// <summary>Runs a program of the operating system to its end.</summary>
internal static class Command
{
    // What a shell says of a program that is not there.
    private const int NotFound = 127;

    /// <returns>The exit code, and all it printed to both outputs.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> words, CancellationToken cancel)
    {
        // The child starts in the root folder: an unprivileged user may not be able to enter ours.
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var word in words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }
        start.Environment["LC_ALL"] = "C";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            return (NotFound, missing.Message);
        }
        using (process)
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(cancel);
            }
            catch (OperationCanceledException)
            {
                // It must not go on behind the back of whoever comes next.
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                throw;
            }
            return (process.ExitCode, (await output + await error).Trim());
        }
    }
}
