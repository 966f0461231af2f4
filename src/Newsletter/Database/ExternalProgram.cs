using System.ComponentModel;
using System.Diagnostics;

namespace Newsletter.Database;

/// <summary>Runs a program of the operating system to its end.</summary>
internal static class ExternalProgram
{
    // What a shell says of a program that is not there.
    private const int NotFound = 127;

    /// <param name="environment">Variables beside our own; a null takes one of ours away.</param>
    /// <param name="input">Writes its standard input, which is empty otherwise.</param>
    /// <returns>The exit code, and all it printed to both outputs.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyList<string> words, CancellationToken cancel, IReadOnlyDictionary<string, string?>? environment = null, Func<Stream, Task>? input = null)
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
                // It must not go on behind the back of whoever comes next.
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
            // Broken pipe: it ended before it had read everything. Its exit code and its output say why.
        }
    }
}
