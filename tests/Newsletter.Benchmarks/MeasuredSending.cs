using Newsletter.Deliveries;
using Newsletter.Rendering;
using Newsletter.Sending;

namespace Newsletter.Benchmarks;

/// <summary>What sending one edition took, and the account of its deliveries.</summary>
/// <param name="IdleBytes">
/// Resident memory before anything was sent, with all templates compiled, nothing left to do in the background and everything given back that can be.
/// </param>
/// <param name="WarmingUp">The first moments, in which .NET compiles what sending is made of, and then better.</param>
/// <param name="Before">Sent in those.</param>
/// <param name="Run">The rest, as in a process that runs for days.</param>
internal sealed record MeasuredSending(long IdleBytes, Run WarmingUp, int Before, Run Run, DeliveryAccount Account)
{
    private const string Domain = "news.example.com";

    /// <summary>Deferred deliveries hold nothing up here: there should be none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public long PeakBytes => Math.Max(WarmingUp.PeakBytes, Run.PeakBytes);

    /// <summary>Mails of <see cref="Run"/>.</summary>
    public long Messages => Account.Planned - Before;

    public static async Task<MeasuredSending> RunAsync(SendingOrder order, CancellationToken cancel)
    {
        await using var product = new Product(order.ConnectionString, TimeProvider.System, Settings(order));
        await product.Get<Templates>().CompileAllAsync();
        await ProcessorTime.SettleAsync(cancel);
        var postmaster = await ProcessorTime.PostmasterAsync(product.Database, cancel);
        var idle = Memory.Idle();
        var warmingUp = await Measurement.OnceAsync(() => product.Get<EditionSending>().RunAsync(order.Edition, WarmUp, cancel), postmaster);
        var before = (int)(await product.Get<DeliveryStore>().AccountAsync(order.Edition)).Sent;
        await ProcessorTime.SettleAsync(cancel);
        var run = await Measurement.OnceAsync(() => product.Get<ForegroundSending>().RunAsync(order.Edition, Patience, cancel), postmaster);
        return new MeasuredSending(idle, warmingUp, before, run, await product.Get<DeliveryStore>().AccountAsync(order.Edition));
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
