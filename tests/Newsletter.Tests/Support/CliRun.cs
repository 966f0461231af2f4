using System.Diagnostics;
using System.Text.Json;

namespace Newsletter.Tests.Support;

/// <summary>One run of the program, as a person or a script would start it.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>In this process where it makes no difference; otherwise as <see cref="ProcessAsync"/>.</summary>
    /// <param name="settings">Configuration.</param>
    /// <param name="input">Standard input.</param>
    public static Task<CliRun> OfAsync(IReadOnlyDictionary<string, string> settings, string[] words, string input = "") =>
        input.Length == 0 && CliInProcess.Takes(settings, words) ? CliInProcess.RunAsync(settings, words) : ProcessAsync(settings, words, input);

    /// <summary>A process of the built program.</summary>
    /// <param name="settings">Configuration, in the environment.</param>
    /// <param name="input">Standard input.</param>
    public static async Task<CliRun> ProcessAsync(IReadOnlyDictionary<string, string> settings, string[] words, string input = "")
    {
        using var process = Start(settings, words);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    /// <summary>Until it ends by itself, three minutes at most.</summary>
    public static async Task<CliRun> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        return new CliRun(process.ExitCode, await output, await error);
    }

    /// <summary>One that goes on while the test does.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> settings, params string[] words) => Process.Start(Command(settings, words))!;

    public static ProcessStartInfo Command(IReadOnlyDictionary<string, string> settings, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Newsletter.Cli.dll") },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
        return start;
    }
}
