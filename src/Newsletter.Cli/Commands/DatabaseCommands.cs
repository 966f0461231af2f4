using System.CommandLine;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Dkim;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Rendering;
using Newsletter.Restores;
using Newsletter.Smtp;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter migrate</c>, <c>newsletter doctor</c></summary>
internal static class DatabaseCommands
{
    public static Command Migrate(IReadOnlyDictionary<string, string?> settings)
    {
        var command = new Command("migrate", "Bring the database schema up to date");
        command.SetAction(async (_, cancel) =>
        {
            await using var installation = await Installation.OpenAsync(settings, migrate: true, cancel: cancel);
            await Console.Error.WriteLineAsync("The database schema is up to date.");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>
    /// Checks the requirements of sending, one line each. Nothing else can be checked without a database, so the command then fails at once.
    /// </summary>
    public static Command Doctor(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var ready = new Option<bool>("--ready") { Description = "check only what readiness needs: database and schema" };
        var command = new Command("doctor", "Check configuration, database and relay").With(ready);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = await Installation.OpenAsync(settings, cancel: cancel);
            var output = new Output(parsed.GetValue(shared.Output)!);
            var checks = new List<Check>
            {
                new("database", true, Installation.IsEmbedded(Settings.Read(settings))
                    ? $"embedded, in {installation.DataDirectory}"
                    : "configured; its schema matches this program version"),
            };
            if (!parsed.GetValue(ready))
            {
                checks.AddRange(await DatabaseChecks.RightsAsync(installation, cancel));
                await using var services = installation.Services(parsed.GetValue(shared.Verbose));
                checks.Add(await TryAsync("restore", async () => await services.GetRequiredService<SendingGuard>().IsHeldAsync()
                    ? throw Refusal.Conflict("restored: " + SendingGuard.Restored)
                    : "not restored from a copy"));
                checks.Add(await TryAsync("sign-ups", async () =>
                    await services.GetRequiredService<SignUpBrake>().StatusAsync() is { IsQuiet: false } status
                        ? throw Refusal.Conflict(status.Sentence + " See 'newsletter sign-ups status'.")
                        : "no sign-ups are held"));
                checks.Add(await TryAsync("public address", () => Task.FromResult(services.GetRequiredService<IOptions<SiteOptions>>().Value.Root())));
                checks.Add(await TryAsync("signing keys", () =>
                {
                    services.GetRequiredService<SigningKeys>();
                    return Task.FromResult("there");
                }));
                checks.Add(await TryAsync("sender", () => Task.FromResult(
                    services.GetRequiredService<IOptions<SenderOptions>>().Value.Checked() is var sender && (installation.Outbox is not null || sender.IsReal)
                        ? EmailAddress.ReadableOf(sender.Address)
                        : throw Refusal.Invalid(
                            "set Sender:Address to an address of your own domain, "
                            + "and Sender:PostalAddress to the postal address that the law requires in each mail"))));
                checks.AddRange(await DkimAsync(services));
                checks.Add(await TryAsync("time zones", () => ZoneChecks.StoredAsync(services)));
                checks.Add(await TryAsync("templates", async () =>
                {
                    await services.GetRequiredService<Templates>().CompileAllAsync();
                    return "all compile";
                }));
                checks.Add(await TryAsync("smtp", async () =>
                {
                    await services.GetRequiredService<SmtpPool>().CheckAsync(cancel);
                    return installation.Outbox is null
                        ? "the relay accepts connections with these settings"
                        : "no relay configured: mails are kept in /outbox and not sent";
                }));
            }
            output.List(checks, ("CHECK", c => c.Name), ("", c => c.Good ? "good" : "BAD"), ("", c => c.Message));
            return checks.All(c => c.Good) ? ExitCode.Ok : ExitCode.Invalid;
        });
        return command;
    }

    /// <summary>One check for each key, with the record that must be published.</summary>
    private static async Task<IReadOnlyList<Check>> DkimAsync(IServiceProvider services)
    {
        IReadOnlyList<DkimKey> keys = [];
        var read = await TryAsync("dkim", () =>
        {
            keys = services.GetRequiredService<DkimSigner>().Keys;
            return Task.FromResult("no DKIM key is configured: the relay may sign");
        });
        return read.Good && keys.Count > 0
            ? await Task.WhenAll(keys.Select(key => TryAsync("dkim", () => Task.FromResult(DkimChecks.Record(key, services)))))
            : [read];
    }

    internal static async Task<Check> TryAsync(string name, Func<Task<string>> check)
    {
        try
        {
            return new Check(name, true, await check());
        }
        catch (Refusal refusal)
        {
            return new Check(name, false, refusal.Message);
        }
    }

    internal sealed record Check(string Name, bool Good, string Message);
}
