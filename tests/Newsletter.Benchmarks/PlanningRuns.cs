using Newsletter.Digests;
using Newsletter.Targeting;

namespace Newsletter.Benchmarks;

/// <summary>What planning the thirteenth edition took, again and again, and the plan it made.</summary>
/// <param name="IdleBytes">Resident memory before the first.</param>
internal sealed record PlanningRuns(long IdleBytes, IReadOnlyList<Run> Runs, EditionPlan Plan)
{
    private const int Times = 3;

    /// <summary>By its time: the first one also compiles, and makes the tables.</summary>
    public Run Median => Runs.OrderBy(run => run.Seconds).ElementAt(Runs.Count / 2);

    public long PeakAboveIdle => Runs.Max(run => run.PeakBytes) - IdleBytes;

    /// <summary>In this process, which should have done nothing else before.</summary>
    public static async Task<PlanningRuns> MeasureAsync(string connectionString, CancellationToken cancel)
    {
        await using var product = new Product(connectionString, History.Now);
        var planning = product.Get<Planning>();
        var measurement = new Measurement(product, await ProcessorTime.PostmasterAsync(product.Database, cancel));
        var idle = Memory.Idle();
        var runs = new List<Run>();
        EditionPlan? plan = null;
        while (runs.Count < Times)
        {
            // Every call of the command line reads it.
            product.Get<TaxonomyStore>().Forget();
            runs.Add(await measurement.RunAsync(async () => plan = await planning.PlanAsync(History.Slug, cancel), cancel));
            Progress.Say($"  planned in {runs[^1].Seconds:0.00} s");
        }
        return new PlanningRuns(idle, runs, plan!);
    }
}
