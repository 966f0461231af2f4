using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Rendering;

namespace Newsletter.Benchmarks;

/// <summary>What sending one edition took, and the account of its deliveries.</summary>
/// <param name="IdleBytes">Resident memory before, with all templates compiled, nothing left to do in the background and everything given back that can be.</param>
internal sealed record MeasuredSending(long IdleBytes, Run Run, DeliveryAccount Account)
{
    private const string Domain = "news.example.com";

    /// <summary>Deferred deliveries hold nothing up here: there should be none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<MeasuredSending> RunAsync(SendingOrder order, CancellationToken cancel)
    {
        await using var product = new Product(order.ConnectionString, TimeProvider.System, Settings(order));
        await product.Get<Templates>().CompileAllAsync();
        await ProcessorTime.SettleAsync(cancel);
        var postmaster = await ProcessorTime.PostmasterAsync(product.Database, cancel);
        var idle = Memory.Idle();
        var run = await Measurement.OnceAsync(() => product.Get<WaitingSend>().RunAsync(order.Edition, Patience, cancel), postmaster);
        return new MeasuredSending(idle, run, await product.Get<DeliveryStore>().AccountAsync(order.Edition));
    }

    private static Dictionary<string, string?> Settings(SendingOrder order)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = FormattableString.Invariant($"{order.Port}"),
            ["Smtp:Security"] = "none",
            ["Smtp:Connections"] = FormattableString.Invariant($"{order.Connections}"),
            ["Site:PublicUrl"] = "https://news.example.com",
            ["Site:SigningKeys:0"] = "0123456789abcdef0123456789abcdef",
            ["Sender:Address"] = $"brief@{Domain}",
            ["Sender:PostalAddress"] = "1 Benchmark Street, 12345 Example",
        };
        if (order.DkimKeyFile is not null)
        {
            settings["Dkim:Domain"] = Domain;
            settings["Dkim:Selector"] = "benchmark";
            settings["Dkim:KeyFile"] = order.DkimKeyFile;
        }
        return settings;
    }
}

/// <summary>What is to be sent, and where to.</summary>
/// <param name="Port">Of this machine.</param>
/// <param name="DkimKeyFile">Null: not signed.</param>
internal sealed record SendingOrder(string ConnectionString, long Edition, int Port, int Connections, string? DkimKeyFile);
