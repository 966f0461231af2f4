using Newsletter.Planning;

namespace Newsletter.Benchmarks;

/// <summary>What planning the thirteenth edition took, and the plan it made.</summary>
internal sealed record MeasuredPlanning(Runs Runs, EditionPlan Plan)
{
    /// <param name="connectionString">Of a prepared database.</param>
    public static async Task<MeasuredPlanning> RunAsync(string connectionString, CancellationToken cancel)
    {
        await using var product = new Product(connectionString, History.Now);
        var planning = product.Get<EditionPlanning>();
        EditionPlan? plan = null;
        // Planning again replaces the unapproved plan, so every run does the same.
        var runs = await new Measurement(product).RunAsync(async () => plan = await planning.PlanAsync(History.Slug, cancel), cancel);
        return new MeasuredPlanning(runs, plan!);
    }
}
