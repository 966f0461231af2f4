using Newsletter.Planning;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>Planning by the product against a bare COPY of the rows it writes, on one database, one after the other.</summary>
internal sealed class PlanningBenchmark(Cluster cluster, bool worst)
{
    // Hidden command: see MeasuredProcess.
    public const string Measured = "measure-planning";
    public const string SimulationMeasured = "measure-simulation";

    private const double Megabyte = 1 << 20;

    public async Task<PlanningFigures> RunAsync(int readers, CancellationToken cancel)
    {
        var connectionString = await new PreparedDatabase(cluster).OpenAsync(readers, worst, cancel);
        var simulating = await MeasuredProcess.RunAsync<MeasuredSimulation>([SimulationMeasured, connectionString], cancel);
        var planning = await MeasuredProcess.RunAsync<MeasuredPlanning>([Measured, connectionString], cancel);
        Check(planning.Plan);
        if (simulating.Deliveries != planning.Plan.Deliveries)
        {
            throw Refusal.Invalid($"The simulation foretold {simulating.Deliveries} deliveries and the plan has {planning.Plan.Deliveries}.");
        }
        await using var database = NpgsqlDataSource.Create(connectionString);
        var copySeconds = await new BareCopy(database).MeasureAsync(planning.Plan.Edition, cancel);
        var packSeconds = await new Packing(database).MeasureAsync(cancel);
        return Figures(readers, planning, simulating, copySeconds, packSeconds);
    }

    private void Check(EditionPlan plan)
    {
        if (plan.Deliveries == 0)
        {
            throw Refusal.Invalid("The measured plan sends nothing to anybody: it says nothing about speed.");
        }
        if (worst && plan.Cohorts < 0.98 * plan.Deliveries)
        {
            throw Refusal.Invalid($"This is not the worst case: {plan.Deliveries} deliveries fell into {plan.Cohorts} cohorts instead of one each.");
        }
    }

    private static PlanningFigures Figures(int readers, MeasuredPlanning planning, MeasuredSimulation simulating, double copySeconds, double packSeconds)
    {
        var median = planning.Runs.Median;
        return new PlanningFigures
        {
            Readers = readers,
            Rows = planning.Plan.Subscribers,
            Cohorts = planning.Plan.Cohorts,
            Compositions = planning.Plan.Compositions,
            PlanSeconds = planning.Runs.All.Select(run => Math.Round(run.Seconds, 3)).ToList(),
            MedianSeconds = Math.Round(median.Seconds, 3),
            SimulateSeconds = Math.Round(simulating.Runs.Median.Seconds, 3),
            CopySeconds = Math.Round(copySeconds, 3),
            PackSeconds = Math.Round(packSeconds, 3),
            Ratio = Math.Round(median.Seconds / copySeconds, 2),
            SimulatePeakMegabytesAboveIdle = Math.Round(simulating.Runs.PeakBytesAboveIdle / Megabyte, 1),
            PeakMegabytesAboveIdle = Math.Round(planning.Runs.PeakBytesAboveIdle / Megabyte, 1),
            IdleMegabytes = Math.Round(planning.Runs.IdleBytes / Megabyte, 1),
            OwnCpuSeconds = Math.Round(median.OwnSeconds, 2),
            DatabaseCpuSeconds = Math.Round(median.ServerSeconds, 2),
            RowsPerSecond = (int)(planning.Plan.Subscribers / median.Seconds),
        };
    }
}
