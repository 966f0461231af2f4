using System.Diagnostics;

namespace Newsletter.Database;

/// <summary>Runs a program of the operating system to its end.</summary>
internal static class Command
{
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
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, (await output + await error).Trim());
    }
}
