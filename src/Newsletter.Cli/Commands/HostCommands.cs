using System.CommandLine;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter serve</c>, <c>newsletter web</c>, <c>newsletter worker</c>: they run until they are stopped.</summary>
internal static class HostCommands
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    public static Command Serve(SharedOptions shared, IReadOnlyDictionary<string, string?> settings) =>
        Hosting("serve", "Web and worker in one process", shared, settings, work: true);

    public static Command Web(SharedOptions shared, IReadOnlyDictionary<string, string?> settings) =>
        Hosting("web", "The pages", shared, settings, work: false);

    public static Command Worker(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var command = new Command("worker", "Plans and sends what is due");
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = await Installation.OpenAsync(settings, cancel: cancel);
            using var host = await Hosts.WorkerAsync(installation, parsed.GetValue(shared.Verbose));
            await host.StartAsync(cancel);
            await Console.Error.WriteLineAsync("The worker runs; Ctrl+C stops it.");
            await Hosts.UntilStoppedAsync(host, cancel);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Hosting(string name, string description, SharedOptions shared, IReadOnlyDictionary<string, string?> settings, bool work)
    {
        var urls = new Option<string>("--urls") { Description = "where to listen", DefaultValueFactory = _ => DefaultUrl };
        var command = new Command(name, description).With(urls);
        command.SetAction(async (parsed, cancel) =>
        {
            var url = parsed.GetValue(urls)!.TrimEnd('/');
            await using var installation = await Installation.OpenAsync(settings, publicUrl: url, cancel: cancel);
            await using var app = await Hosts.WebAsync(installation, url, work, parsed.GetValue(shared.Verbose));
            await Hosts.StartAsync(app, url, "--urls", cancel);
            await Console.Error.WriteLineAsync(
                $"Listening on {url} (/subscribe, /editor, {(installation.Outbox is null ? "" : "/outbox, ")}/hangfire); Ctrl+C stops it.");
            if (await Hosts.SetupLinkAsync(app) is { } link)
            {
                await Console.Error.WriteLineAsync($"The first editor signs in by this link, once: {link}");
            }
            await Hosts.UntilStoppedAsync(app, cancel);
            return ExitCode.Ok;
        });
        return command;
    }
}
