using System.ComponentModel;
using System.Diagnostics;

namespace Newsletter.Database;

/// <summary>Runs an executable and waits until it exits.</summary>
internal static class ExternalProgram
{
    // The exit code of a shell for a missing program.
    private const int NotFound = 127;

    /// <param name="environment">Variables added to the inherited environment; a null value removes the variable.</param>
    /// <param name="input">Writes the standard input; null means empty input.</param>
    /// <returns>The exit code (127 if the program cannot be started), and stdout followed by stderr, trimmed.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyList<string> words, CancellationToken cancel, IReadOnlyDictionary<string, string?>? environment = null, Func<Stream, Task>? input = null)
    {
        // The child starts in the root folder: an unprivileged user may not be able to enter our working directory.
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
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }
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
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await FeedAsync(process, input);
                await process.WaitForExitAsync(cancel);
            }
            catch
            {
                // The child must not keep running after this call fails: it would interfere with later work.
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                throw;
            }
            return (process.ExitCode, (await output + await error).Trim());
        }
    }

    private static async Task FeedAsync(Process process, Func<Stream, Task>? input)
    {
        try
        {
            if (input is not null)
            {
                await input(process.StandardInput.BaseStream);
            }
            process.StandardInput.Close();
        }
        catch (IOException) when (process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            // Broken pipe: the program exited before reading all its input. Its exit code and output give the reason.
        }
    }
}
