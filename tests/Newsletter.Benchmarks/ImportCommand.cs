using System.CommandLine;
using System.Diagnostics;
using Newsletter.Database;
using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Benchmarks;

/// <summary>
/// <c>import</c>: what saving an item costs with many there, and the same for items as large whose text is where stories
/// are not looked for, turn by turn so that both see the same machine.
/// </summary>
internal static class ImportCommand
{
    private const int Turn = 500;
    private const int Turns = 5;

    public static Command Create()
    {
        var items = new Option<int>("--items") { Description = "how many are there already", DefaultValueFactory = _ => 20_000 };
        var command = new Command("import", "Time of saving one item, with and without looking for near-duplicates") { items };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(items), cancel));
        return command;
    }

    private static async Task RunAsync(int present, CancellationToken cancel)
    {
        const string name = "import";
        await using var cluster = await Cluster.StartAsync(null, cancel);
        await cluster.CreateAsync(name, cancel);
        await new Migrations(cluster.ConnectionString(name)).ApplyAsync(cancel);
        await using var product = new Product(cluster.ConnectionString(name), History.Start);
        await product.Get<TaxonomyStore>().SeedAsync(cancel);
        // Nobody measures these: they need not wait for the disk.
        await using (var filling = new Product(cluster.ConnectionString(name) + ";Options=-c synchronous_commit=off", History.Start))
        {
            await SaveAsync(filling, 0, present, told: true, cancel);
        }
        Progress.Say($"{present} items are there");
        await product.ExecuteAsync("vacuum (analyze)", cancel);
        List<double> with = [], without = [];
        for (var turn = 0; turn < Turns; turn++)
        {
            var from = present + (turn * 2 * Turn);
            with.Add(await SaveAsync(product, from, from + Turn, told: true, cancel));
            without.Add(await SaveAsync(product, from + Turn, from + (2 * Turn), told: false, cancel));
        }
        var (median, bare) = (with.Order().ElementAt(Turns / 2), without.Order().ElementAt(Turns / 2));
        Console.WriteLine(FormattableString.Invariant($"with {median:0.00} ms an item, without {bare:0.00} ms, ratio {median / bare:0.00}"));
    }

    /// <returns>Milliseconds an item.</returns>
    private static async Task<double> SaveAsync(Product product, int from, int to, bool told, CancellationToken cancel)
    {
        var contents = Enumerable.Range(from, to - from).Select(i => Prose.Item(i, told)).ToList();
        var store = product.Get<ItemStore>();
        var watch = Stopwatch.StartNew();
        foreach (var content in contents)
        {
            await store.SaveAsync(content, cancel);
        }
        return watch.Elapsed.TotalMilliseconds / contents.Count;
    }
}
