using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;

namespace Newsletter.Benchmarks;

/// <summary><c>sending</c>, and the command of the process that it measures.</summary>
internal static class SendingCommand
{
    private const int MostConnections = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromHours(3);

    public static Command Create()
    {
        var messages = new Option<int>("--messages") { Description = "deliveries of the edition", DefaultValueFactory = _ => 50_000 };
        var connections = new Option<int>("--connections") { Description = "to the server, for us and for smtp-source", DefaultValueFactory = _ => 40 };
        var compositions = new Option<string>("--compositions")
        {
            Description = "shared: 20 among all readers; own: every reader gets another list of items", DefaultValueFactory = _ => "shared",
        };
        compositions.AcceptOnlyFromAmong("shared", "own");
        var words = new Option<int>("--words")
        {
            Description = "in the summary of each article: 190 make 30 kB of HTML, 1 makes 30 kB of both parts together", DefaultValueFactory = _ => 190,
        };
        var dkim = new Option<bool>("--dkim") { Description = "sign with RSA-2048" };
        var recipients = Sizes.Option("--recipients", "send editions of these sizes too, for the memory figure: 10000,100000,1000000");
        var command = new Command("sending", "Messages a second, memory and processor time of sending an edition, against smtp-source")
        {
            messages, connections, compositions, words, dkim, recipients,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!OperatingSystem.IsLinux())
            {
                throw Refusal.Invalid("Memory and processor time are read from /proc here: run the benchmark on Linux.");
            }
            if (parsed.GetValue(messages) is < 100 or > 5_000_000 || parsed.GetValue(connections) is < 1 or > MostConnections)
            {
                throw Refusal.Invalid($"--messages is from 100 to 5000000, and --connections from 1 to {MostConnections}.");
            }
            if (parsed.GetValue(words) is < 1 or > 2000)
            {
                throw Refusal.Invalid("--words must be from 1 to 2000.");
            }
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limited.CancelAfter(Limit);
            var folder = Directory.CreateTempSubdirectory("newsletter-bench-");
            try
            {
                await using var cluster = await Cluster.StartAsync(null, limited.Token);
                var benchmark = new SendingBenchmark(
                    cluster, parsed.GetValue(connections), parsed.GetValue(compositions) == "own", parsed.GetValue(words),
                    parsed.GetValue(dkim) ? WriteKey(folder) : null);
                // Not every statement of the product listens; when the server stops, they all end.
                SendingReport.Print(await benchmark
                    .RunAsync(parsed.GetValue(messages), parsed.GetValue(recipients) ?? [], limited.Token).WaitAsync(limited.Token));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw Refusal.Conflict($"Not done after {Limit.TotalHours} hours: send fewer messages.");
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    public static Command CreateMeasured()
    {
        var words = new Argument<string[]>("order");
        var command = new Command(SendingBenchmark.Measured) { words };
        command.Hidden = true;
        command.SetAction(async (parsed, cancel) => MeasuredProcess.Answer(await MeasuredSending.RunAsync(Order(parsed.GetValue(words)!), cancel)));
        return command;
    }

    /// <summary>An order on the command line of the measured process.</summary>
    public static string[] Words(SendingOrder order) =>
    [
        order.ConnectionString, order.Edition.ToString(CultureInfo.InvariantCulture), order.Port.ToString(CultureInfo.InvariantCulture),
        order.Connections.ToString(CultureInfo.InvariantCulture), .. order.DkimKeyFile is { } file ? new[] { file } : [],
    ];

    private static SendingOrder Order(string[] words) => new(
        words[0], long.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture),
        int.Parse(words[3], CultureInfo.InvariantCulture), words.ElementAtOrDefault(4));

    private static string WriteKey(DirectoryInfo folder)
    {
        using var key = RSA.Create(2048);
        var file = Path.Combine(folder.FullName, "dkim.pem");
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        return file;
    }
}
