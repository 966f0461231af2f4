namespace Newsletter.Benchmarks;

/// <summary>What one run of some work took.</summary>
/// <param name="PeakBytes">Resident memory at its highest.</param>
/// <param name="OwnSeconds">Processor time of this process.</param>
/// <param name="ServerSeconds">Processor time of the database server.</param>
internal sealed record Run(double Seconds, long PeakBytes, double OwnSeconds, double ServerSeconds);

/// <summary>What the same work took, again and again.</summary>
/// <param name="IdleBytes">Resident memory before the first.</param>
internal sealed record Runs(long IdleBytes, IReadOnlyList<Run> All)
{
    /// <summary>By its time: the first run also compiles, and makes what was not there.</summary>
    public Run Median => All.OrderBy(run => run.Seconds).ElementAt(All.Count / 2);

    public long PeakBytesAboveIdle => All.Max(run => run.PeakBytes) - IdleBytes;
}
