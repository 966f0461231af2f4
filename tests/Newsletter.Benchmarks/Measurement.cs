using System.Diagnostics;

namespace Newsletter.Benchmarks;

/// <summary>What one run of some work took.</summary>
/// <param name="PeakBytes">Resident memory at its highest.</param>
internal sealed record Run(double Seconds, long PeakBytes, double OwnSeconds, double ServerSeconds);

/// <summary>Measures work that the product does in this process, after a checkpoint, so that no run pays for the one before.</summary>
internal sealed class Measurement(Product product, int postmaster)
{
    public async Task<Run> RunAsync(Func<Task> work, CancellationToken cancel)
    {
        await product.ExecuteAsync("checkpoint", cancel);
        Memory.Idle();
        var processor = ProcessorTime.Now(postmaster);
        var memory = Memory.Watch();
        var started = Stopwatch.GetTimestamp();
        await work();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var peak = await memory.PeakAsync();
        var used = ProcessorTime.Now(postmaster).Since(processor);
        return new Run(seconds, peak, used.Own, used.Server);
    }
}
