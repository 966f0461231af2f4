using Newsletter.Newsroom;

namespace Newsletter.Benchmarks;

/// <summary>What simulating the thirteenth edition took, and how many deliveries it foretold.</summary>
internal sealed record MeasuredSimulation(Runs Runs, int Deliveries)
{
    /// <param name="connectionString">Of a prepared database.</param>
    public static async Task<MeasuredSimulation> RunAsync(string connectionString, CancellationToken cancel)
    {
        await using var product = new Product(connectionString, History.Now);
        var simulation = product.Get<Simulation>();
        var deliveries = 0;
        var runs = await new Measurement(product).RunAsync(
            async () => deliveries = (await simulation.RunAsync(History.Slug, new WhatIf(), cancel)).Deliveries, cancel);
        return new MeasuredSimulation(runs, deliveries);
    }
}
