using System.Diagnostics;
using Newsletter.Roles;

namespace Newsletter.Benchmarks;

/// <summary>Measures work of the product in this process, which should have done nothing else before.</summary>
internal sealed class Measurement(Product product)
{
    private const int Times = 3;

    public async Task<Runs> RunAsync(Func<Task> work, CancellationToken cancel)
    {
        var postmaster = await ProcessorTime.PostmasterAsync(product.Database, cancel);
        var idle = Memory.Idle();
        var runs = new List<Run>();
        while (runs.Count < Times)
        {
            // Every call of the command line reads it.
            product.Get<TaxonomyStore>().Forget();
            // No run pays for the one before.
            await product.ExecuteAsync("checkpoint", cancel);
            Memory.Idle();
            runs.Add(await OnceAsync(work, postmaster));
            Progress.Say($"  done in {runs[^1].Seconds:0.00} s");
        }
        return new Runs(idle, runs);
    }

    public static async Task<Run> OnceAsync(Func<Task> work, int postmaster)
    {
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
