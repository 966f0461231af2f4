using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hangfire;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Newsletter.Cli;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.EndToEnd;

/// <summary>What <c>newsletter serve</c> runs without configuration: embedded database, worker, pages and outbox, in a directory of its own.</summary>
public sealed class RunningInstallation : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("newsletter-test-");
    private Installation installation = null!;
    private WebApplication app = null!;

    public string Url { get; private set; } = "";

    /// <summary>Where the first operator sets a password.</summary>
    public string SetupLink { get; private set; } = "";

    public MailFolder Outbox => installation.Outbox!;

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        // The embedded PostgreSQL runs as another user when we are root.
        directory.UnixFileMode |= UnixFileMode.OtherExecute;
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
        installation = await Installation.OpenAsync(new Dictionary<string, string?> { ["Data:Directory"] = directory.FullName }, publicUrl: Url);
        app = await Hosts.WebAsync(installation, Url, work: true, verbose: false);
        await Hosts.StartAsync(app, Url, "--urls", CancellationToken.None);
        SetupLink = (await Hosts.SetupLinkAsync(app))!;
    }

    public async Task DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await installation.DisposeAsync();
        directory.Delete(recursive: true);
    }

    /// <summary>What the timetable starts every minute, now.</summary>
    public void StartJob(string id) => Get<IRecurringJobManager>().Trigger(id);

    /// <summary>What became of the jobs, for a test that waited for one in vain.</summary>
    public string Jobs()
    {
        var monitor = Get<JobStorage>().GetMonitoringApi();
        var counts = monitor.GetStatistics();
        var failures = monitor.FailedJobs(0, 10).Select(job => $"{job.Value.Job}: {job.Value.ExceptionMessage}");
        return $"Jobs in {Get<JobStorage>()}: {counts.Succeeded} succeeded, {counts.Enqueued} enqueued, {counts.Processing} processing, "
            + $"{counts.Servers} servers; failed: {string.Join("; ", failures)}";
    }

    /// <summary>The newest mail to this address with these words in its subject, whether it is here or still to come.</summary>
    public async Task<CaughtMail> MailAsync(string address, string subject)
    {
        for (var i = 0; i < 300; i++)
        {
            if ((await Outbox.ListAsync(0, 100)).FirstOrDefault(mail =>
                mail.Recipients.Contains(address) && mail.Message.Subject!.Contains(subject, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }
            await Task.Delay(100);
        }
        throw new TimeoutException($"No mail '{subject}' to {address} came within 30 seconds. {Jobs()}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>
/// Alone, after all others: Hangfire's log is one for the whole process, and a host that ends beside this one would take
/// the log of its workers away.
/// </summary>
[CollectionDefinition(nameof(RunningInstallation), DisableParallelization = true)]
public sealed class RunningInstallationCollection : ICollectionFixture<RunningInstallation>;
