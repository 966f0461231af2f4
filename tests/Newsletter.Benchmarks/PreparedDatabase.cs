using Newsletter.Database;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>Makes a database with its readers and history, or takes the one that a run before this left whole.</summary>
internal sealed class PreparedDatabase(Cluster cluster)
{
    // Another number makes everything anew: raise it with every change to what is written.
    private const string Whole = "prepared, form 2";

    /// <returns>Its connection string.</returns>
    public async Task<string> OpenAsync(int readers, bool worst, CancellationToken cancel)
    {
        var name = FormattableString.Invariant($"readers_{readers}{(worst ? "_worst" : "")}");
        var connectionString = cluster.ConnectionString(name);
        if (await cluster.NoteAsync(name, cancel) == Whole)
        {
            await new Migrations(connectionString).ApplyAsync(cancel);
            Progress.Say($"{readers} readers: prepared before");
            return connectionString;
        }
        Progress.Say($"{readers} readers: preparing");
        await cluster.CreateAsync(name, cancel);
        await new Migrations(connectionString).ApplyAsync(cancel);
        await using (var product = new Product(connectionString, History.Start))
        {
            await product.Get<TaxonomyStore>().SeedAsync(cancel);
            var audience = await Audience.ReadAsync(product.Database, cancel);
            await new History(product, audience, readers, worst).MakeAsync(cancel);
            // Or autovacuum would do it while we measure.
            await product.ExecuteAsync("vacuum (analyze)", cancel);
        }
        NpgsqlConnection.ClearAllPools();
        await cluster.WriteNoteAsync(name, Whole, cancel);
        return connectionString;
    }
}
