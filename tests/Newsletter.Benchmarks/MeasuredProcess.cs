using System.Diagnostics;
using System.Text.Json;

namespace Newsletter.Benchmarks;

/// <summary>This program once more, as a process of its own that only measures: what prepared the data left no memory in it.</summary>
internal static class MeasuredProcess
{
    /// <param name="words">A command of this program that ends with <see cref="Answer"/>.</param>
    /// <exception cref="Refusal">Conflict: it failed; it has said why on standard error.</exception>
    public static async Task<T> RunAsync<T>(IEnumerable<string> words, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(MeasuredProcess).Assembly.Location);
        }
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }
        using var process = Process.Start(start)!;
        // Here and now: whoever cancels does not wait for us.
        await using var ending = cancel.Register(process.Kill);
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<T>(output)!
            : throw Refusal.Conflict($"The measured process ended with code {process.ExitCode}, as said above.");
    }

    public static void Answer<T>(T result) => Console.Out.WriteLine(JsonSerializer.Serialize(result));
}
