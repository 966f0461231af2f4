using System.Globalization;

namespace Newsletter.Benchmarks;

/// <summary>Resident memory of this process, in bytes, as Linux counts it.</summary>
internal sealed class Memory
{
    private readonly CancellationTokenSource ended = new();
    private readonly Task<long> sampled;
    private readonly bool isReset;

    private Memory()
    {
        isReset = TryReset();
        sampled = SampleAsync(ended.Token);
    }

    /// <summary>After everything that can be given back was.</summary>
    public static long Idle()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Read("VmRSS:");
    }

    /// <summary>Watches from now on.</summary>
    public static Memory Watch() => new();

    /// <returns>The most since <see cref="Watch"/>.</returns>
    public async Task<long> PeakAsync()
    {
        await ended.CancelAsync();
        var highest = await sampled;
        ended.Dispose();
        return isReset ? Math.Max(highest, Read("VmHWM:")) : highest;
    }

    private static async Task<long> SampleAsync(CancellationToken end)
    {
        var highest = Read("VmRSS:");
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(20, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            highest = Math.Max(highest, Read("VmRSS:"));
        }
        return highest;
    }

    /// <summary>Forgets the highest mark so far; not every system permits it.</summary>
    private static bool TryReset()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Read(string name)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(name.Length).Trim().TrimEnd(" kB"), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
