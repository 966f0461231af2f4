using System.CommandLine;

namespace Newsletter.Benchmarks;

/// <summary><c>planning</c>, and the commands of the processes that it measures.</summary>
internal static class PlanningCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(3);

    public static Command Create()
    {
        var readers = Sizes.Option("--readers", "how many, separated by commas: 10000,100000,1000000 unless given");
        var worst = new Option<bool>("--worst") { Description = "every reader is a cohort of one" };
        var keep = new Option<string?>("--keep") { Description = "folder in which the prepared databases stay, to be used again" };
        var command = new Command("planning", "Time, memory and processor time of planning, against a bare COPY of the same rows") { readers, worst, keep };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!OperatingSystem.IsLinux())
            {
                throw Refusal.Invalid("Memory and processor time are read from /proc here: run the benchmark on Linux.");
            }
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limited.CancelAfter(Limit);
            try
            {
                await RunAsync(parsed.GetValue(readers) ?? [10_000, 100_000, 1_000_000], parsed.GetValue(worst), parsed.GetValue(keep), limited.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw Refusal.Conflict($"Not done after {Limit.TotalHours} hours: measure fewer readers.");
            }
        });
        return command;
    }

    public static IEnumerable<Command> CreateMeasured() =>
    [
        Measured(PlanningBenchmark.Measured, MeasuredPlanning.RunAsync),
        Measured(PlanningBenchmark.SimulationMeasured, MeasuredSimulation.RunAsync),
    ];

    private static Command Measured<T>(string name, Func<string, CancellationToken, Task<T>> run)
    {
        var connectionString = new Argument<string>("database");
        var command = new Command(name) { connectionString };
        command.Hidden = true;
        command.SetAction(async (parsed, cancel) => MeasuredProcess.Answer(await run(parsed.GetValue(connectionString)!, cancel)));
        return command;
    }

    private static async Task RunAsync(IReadOnlyList<int> sizes, bool worst, string? keep, CancellationToken cancel)
    {
        await using var cluster = await Cluster.StartAsync(keep, cancel);
        var benchmark = new PlanningBenchmark(cluster, worst);
        var figures = new List<PlanningFigures>();
        foreach (var readers in sizes)
        {
            // Not every statement of the product listens; when the server stops below, they all end.
            figures.Add(await benchmark.RunAsync(readers, cancel).WaitAsync(cancel));
        }
        Report.Print(worst, figures);
    }
}
