using System.Net.Sockets;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Newsletter.Accounts;
using Newsletter.Links;
using Newsletter.Rendering;
using Newsletter.Restores;
using Newsletter.Smtp;
using Newsletter.Web;
using Newsletter.Web.Http;
using Newsletter.Web.SignIn;
using Newsletter.Worker;

namespace Newsletter.Cli;

/// <summary>Hosts web, worker and outbox in one process.</summary>
internal static class Hosts
{
    // Shorter than the timeout in Ending.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(26);

    /// <exception cref="Refusal">Invalid: a template does not compile, or a setting that mail needs is missing.</exception>
    public static async Task<WebApplication> WebAsync(Installation installation, string url, bool work, bool verbose, CancellationToken cancel = default)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Pages and style sheets are found by this name, also if another program hosts this one.
            ApplicationName = typeof(Hosts).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(installation.Configuration);
        builder.WebHost.UseUrls(url);
        // A build that was not published finds its style sheets in the source folders.
        builder.WebHost.UseStaticWebAssets();
        Installation.Log(builder.Logging, verbose, LogLevel.Information, ConsoleFormatterNames.Json);
        builder.Services.AddNewsletter(installation.Configuration, installation.ConnectionString);
        builder.Services.AddTimetable(installation.ConnectionString, work);
        builder.Services.AddNewsletterWeb(hasOutbox: installation.Outbox is not null);
        if (installation.Outbox is { } outbox)
        {
            builder.Services.AddSingleton(outbox);
        }
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        var app = builder.Build();
        await PrepareAsync(installation, app.Services, work, cancel);
        await app.PrepareNewsletterWebAsync(cancel);
        app.MapNewsletterWeb();
        if (installation.Outbox is not null)
        {
            app.MapOutbox(installation.Outbox);
        }
        var site = app.Services.GetRequiredService<IOptions<SiteOptions>>().Value;
        app.MapTimetable("/hangfire", new Uri(site.Root() + "/editor").AbsolutePath)
            .RequireAuthorization(Policies.Operator).WithMetadata(ContentPolicy.Hangfire);
        return app;
    }

    /// <exception cref="Refusal">Invalid: a template does not compile, or a setting that mail needs is missing.</exception>
    public static async Task<IHost> WorkerAsync(Installation installation, bool verbose, CancellationToken cancel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        Installation.Log(builder.Logging, verbose, LogLevel.Information, ConsoleFormatterNames.Json);
        builder.Services.AddNewsletter(installation.Configuration, installation.ConnectionString);
        builder.Services.AddTimetable(installation.ConnectionString, work: true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        var host = builder.Build();
        await PrepareAsync(installation, host.Services, work: true, cancel);
        return host;
    }

    /// <exception cref="Refusal">Conflict: the address is in use.</exception>
    /// <param name="option">The option that selects another address, for the message.</param>
    public static async Task StartAsync(WebApplication app, string url, string option, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            throw new Refusal(RefusalKind.Conflict, $"Cannot listen on {url} ({taken.Message.TrimEnd('.')}): choose another with {option}.", taken);
        }
    }

    /// <returns>Null if an operator exists already.</returns>
    public static async Task<string?> SetupLinkAsync(WebApplication app) =>
        await app.Services.GetRequiredService<SetupLinks>().FirstOperatorAsync() is { } path
            ? app.Services.GetRequiredService<IOptions<SiteOptions>>().Value.Root() + path
            : null;

    /// <summary>Runs until Ctrl+C or SIGTERM; mails in transit are completed first.</summary>
    public static async Task UntilStoppedAsync(IHost host, Installation installation, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await installation.KeepAsync(cancel);
            }
            catch (Exception failure) when (failure is Refusal or OperationCanceledException)
            {
                // Retried in the next round; until then, every use of the database reports the problem.
            }
        }
        Ending.WaitsFor("jobs and connections to the relay that are still under way");
        await host.StopAsync(CancellationToken.None);
    }

    private static async Task PrepareAsync(Installation installation, IServiceProvider services, bool work, CancellationToken cancel)
    {
        await installation.Rights.EnsureAsync(cancel);
        await JobSchema.EnsureCurrentAsync(installation.ConnectionString, cancel);
        // Fail at startup instead of at the first mail, with the same message.
        services.GetRequiredService<IOptions<SiteOptions>>().Value.Root();
        services.GetRequiredService<SigningKeys>();
        await services.GetRequiredService<Templates>().CompileAllAsync();
        if (await services.GetRequiredService<SendingGuard>().IsHeldAsync())
        {
            await Console.Error.WriteLineAsync(SendingGuard.Restored);
        }
        if (work)
        {
            foreach (var weakness in DkimChecks.Weaknesses(services))
            {
                await Console.Error.WriteLineAsync(weakness);
            }
            if (!services.GetRequiredService<SmtpPool>().IsConfigured)
            {
                await Console.Error.WriteLineAsync("No SMTP server is configured: nothing is sent until Smtp:Host is set.");
            }
            await Timetable.PublishAsync(services, cancel);
        }
    }
}
