using System.CommandLine;
using System.Globalization;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.MailCatcher;
using Newsletter.Planning;
using Newsletter.Sending;
using Newsletter.Subscribers;
using Newsletter.Transfer;

namespace Newsletter.Cli.Commands;

/// <summary>
/// <c>newsletter demo</c>: imports samples, plans a digest, sends the mails by real SMTP to the catcher and serves the pages. Uses the same
/// components as in production, in a new directory that is deleted when the demo ends.
/// </summary>
internal static class DemoCommand
{
    private const string Slug = "demo-weekly";

    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var port = new Option<int>("--port") { Description = "port of the pages", DefaultValueFactory = _ => 8080 };
        var exit = new Option<bool>("--exit") { Description = "exit after sending" };
        var command = new Command("demo", "Show the product with sample articles").With(port, exit);
        command.SetAction(async (parsed, cancel) =>
        {
            RefuseConfigured(settings);
            var directory = Directory.CreateTempSubdirectory("newsletter-demo-");
            // PostgreSQL refuses to run as root: under root the embedded server runs as the user postgres, which needs access to its files.
            directory.UnixFileMode |= UnixFileMode.OtherExecute;
            try
            {
                var own = new Dictionary<string, string?>(settings) { ["Data:Directory"] = directory.FullName, ["Site:PublicUrl"] = "" };
                return await RunAsync(
                    own, parsed.GetValue(port), parsed.GetValue(exit), parsed.GetValue(shared.Verbose), new Output(parsed.GetValue(shared.Output)!), cancel);
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(
        Dictionary<string, string?> settings, int port, bool exit, bool verbose, Output output, CancellationToken cancel)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        await using var installation = await Installation.OpenAsync(settings, publicUrl: url, cancel: cancel);
        await using var app = await Hosts.WebAsync(installation, url, work: true, verbose, cancel);
        if (!exit)
        {
            await Hosts.StartAsync(app, url, "--port", cancel);
            await installation.ServedAsync();
        }
        var (edition, readers, account) = await SendAsync(app.Services, cancel);
        output.List(
            await CountAsync(app.Services, installation.Outbox!, edition, readers),
            ("ROLE", r => r.Role), ("READERS", r => Amount.Of(r.Readers)), ("MAILS", r => Amount.Of(r.Mails)), ("WHY NONE", r => r.WhyNone));
        await Console.Error.WriteLineAsync(
            $"{Amount.Of(account.Planned, "reader")} (one with two roles counts in both): {Amount.Of(account.Sent, "mail")}, and "
            + $"{Amount.Of(account.Skipped)} without a matching item.");
        if (!exit)
        {
            await Console.Error.WriteLineAsync($"""

                Editor    {await Hosts.SetupLinkAsync(app) ?? url + "/editor"}
                Outbox    {url}/outbox
                Hangfire  {url}/hangfire   (sign in as editor first)
                Commands  newsletter editors list --Data:Directory {installation.DataDirectory}   (and so on: with it they work on this demo)

                Ctrl+C ends the demo and removes its data.
                """);
            await Hosts.UntilStoppedAsync(app, installation, cancel);
        }
        return account.Sent + account.Skipped == account.Planned ? ExitCode.Ok : ExitCode.SomeFailed;
    }

    /// <summary>Takes the steps of an editor.</summary>
    private static async Task<(long Edition, IReadOnlyList<Subscriber> Readers, DeliveryAccount Account)> SendAsync(
        IServiceProvider services, CancellationToken cancel)
    {
        var samples = Path.Combine(AppContext.BaseDirectory, "samples");
        await services.GetRequiredService<ItemImport>().RunAsync([Path.Combine(samples, "items")], Stream.Null, cancel);
        await using (var people = File.OpenRead(Path.Combine(samples, "subscribers.csv")))
        {
            await services.GetRequiredService<SubscriberImport>().RunAsync(people, "sample readers of the demo", CommandContext.Actor, cancel);
        }
        await services.GetRequiredService<DigestStore>().CreateAsync(new Digest
        {
            Id = 0, Slug = Slug, Name = "The Weekly Brief", Cron = "0 8 * * MON", Timezone = "Europe/Berlin", Lead = TimeSpan.FromDays(1),
            MinItems = 1, MaxItems = 6, CandidateDays = 30, Approval = "required",
        });
        var plan = await services.GetRequiredService<EditionPlanning>().PlanAsync(Slug, cancel);
        var steps = services.GetRequiredService<EditionSteps>();
        await steps.ApproveAsync(plan.Edition, plan.PlanHash, CommandContext.Actor);
        await steps.SendAsync(plan.Edition, CommandContext.Actor);
        await services.GetRequiredService<ForegroundSending>().RunAsync(plan.Edition, TimeSpan.Zero, cancel);
        return (plan.Edition, await services.GetRequiredService<SubscriberStore>().ListAsync(SubscriberStatus.Confirmed, 1000),
            await services.GetRequiredService<DeliveryStore>().AccountAsync(plan.Edition));
    }

    /// <summary>Counts the mails in the outbox, not in the database.</summary>
    private static async Task<IReadOnlyList<RoleMails>> CountAsync(
        IServiceProvider services, MailFolder outbox, long edition, IReadOnlyList<Subscriber> readers)
    {
        var mails = (await outbox.ListAsync(0, int.MaxValue)).SelectMany(mail => mail.Recipients).ToLookup(address => address);
        var compositions = services.GetRequiredService<CompositionStore>();
        var rows = new List<RoleMails>();
        foreach (var role in readers
            .SelectMany(reader => (reader.Preferences.Roles is { Length: > 0 } roles ? roles : ["(no role)"]).Select(role => (role, reader)))
            .GroupBy(pair => pair.role, pair => pair.reader).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var reasons = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var reader in role.Where(reader => !mails.Contains(reader.Email)))
            {
                reasons.Add(WhyNone(await compositions.DeliveryOfAsync(edition, reader.Id)));
            }
            rows.Add(new RoleMails(role.Key, role.Count(), role.Sum(reader => mails[reader.Email].Count()), string.Join("; ", reasons)));
        }
        return rows;
    }

    private static string WhyNone(ReaderDelivery? delivery) => delivery switch
    {
        null => "not due on this day, by the reader's cadence",
        { State: DeliveryState.Skipped } => SkipReason.Describe(delivery.Reason),
        _ => delivery.State,
    };

    private static void RefuseConfigured(IReadOnlyDictionary<string, string?> settings)
    {
        var configuration = Settings.Read(settings);
        if (!Installation.IsEmbedded(configuration) || configuration["Smtp:Host"] is { Length: > 0 } || configuration["Smtp:Relays:0:Host"] is { Length: > 0 })
        {
            throw Refusal.Conflict(
                "A database or an SMTP relay is configured, and the demo must not use either: unset ConnectionStrings:Newsletter and Smtp:Host.");
        }
    }

    private sealed record RoleMails(string Role, int Readers, int Mails, string WhyNone);
}
