using System.CommandLine;
using System.Net;

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
        var command = new Command("worker", "Plan and send what is due");
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = await Installation.OpenAsync(settings, cancel: cancel);
            using var host = await Hosts.WorkerAsync(installation, parsed.GetValue(shared.Verbose), cancel);
            await host.StartAsync(cancel);
            await Console.Error.WriteLineAsync("The worker runs; Ctrl+C stops it.");
            await Hosts.UntilStoppedAsync(host, installation, cancel);
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
            await using var installation = await Installation.OpenAsync(settings, publicUrl: Reachable(url), cancel: cancel);
            await using var app = await Hosts.WebAsync(installation, url, work, parsed.GetValue(shared.Verbose), cancel);
            await Hosts.StartAsync(app, url, "--urls", cancel);
            await installation.ServedAsync();
            await Console.Error.WriteLineAsync(
                $"Listening on {url} (/subscribe, /editor, {(installation.Outbox is null ? "" : "/outbox, ")}/hangfire); Ctrl+C stops it.");
            if (await Hosts.SetupLinkAsync(app) is { } link)
            {
                await Console.Error.WriteLineAsync($"One-time set-up link for the first editor: {link}");
            }
            await Hosts.UntilStoppedAsync(app, installation, cancel);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A wildcard address (all addresses of this machine) cannot be used in a link, so links use the loopback address.</summary>
    /// <exception cref="Refusal">Invalid: for a name that it cannot bind to, the web server would listen on all addresses.</exception>
    private static string Reachable(string url)
    {
        var named = url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(named, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.AbsolutePath != "/"
            || !(uri.IsLoopback || IPAddress.TryParse(uri.Host.Trim('[', ']'), out _)))
        {
            throw Refusal.Invalid("--urls must be an address of this machine such as http://127.0.0.1:8080, or http://*:8080 for all addresses.");
        }
        return uri.Host is "0.0.0.0" or "[::]" ? $"{uri.Scheme}://127.0.0.1:{uri.Port}" : url;
    }
}
