using System.Globalization;
using System.Linq.Expressions;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.Server;
using Hangfire.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Newsletter.Worker;

/// <summary>Every job there is, and when it runs.</summary>
public static class Timetable
{
    private static readonly (string Id, string Cron, Expression<Func<Jobs, Task>> Job)[] Entries =
    [
        ("plan due editions", Cron.Minutely(), jobs => jobs.PlanDueAsync(CancellationToken.None)),
        ("send due editions", Cron.Minutely(), jobs => jobs.SendDueAsync()),
        ("pack history", Cron.Minutely(), jobs => jobs.PackHistoryAsync(CancellationToken.None)),
        ("expire sign-ups", Cron.Hourly(), jobs => jobs.ExpireSignUpsAsync(CancellationToken.None)),
        ("raise and send alarms", Cron.Minutely(), jobs => jobs.AlarmAsync(CancellationToken.None)),
        ("send notices", "*/5 * * * * *", jobs => jobs.SendNoticesAsync(CancellationToken.None)),
    ];

    /// <summary>Hangfire's storage, which the dashboard needs too, and with <paramref name="work"/> a server that runs the jobs.</summary>
    public static IServiceCollection AddTimetable(this IServiceCollection services, string connectionString, bool work)
    {
        services.AddSingleton<Jobs>();
        // Given by name: what Hangfire takes otherwise is a static that the last host of the process has set.
        services.AddSingleton<JobStorage>(_ => Storage(connectionString));
        services.AddSingleton(provider => new StaleLocks(connectionString, provider.GetRequiredService<ILogger<StaleLocks>>()));
        services.AddHangfire(hangfire => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            // A job that failed is not tried again: its next run is on the table, and the rows say what is left to do.
            .UseFilter(new AutomaticRetryAttribute { Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete }));
        if (work)
        {
            services.AddSingleton<IBackgroundProcess>(provider => provider.GetRequiredService<StaleLocks>());
            services.AddHangfireServer(server =>
            {
                server.WorkerCount = 4;
                server.SchedulePollingInterval = TimeSpan.FromSeconds(1);
                server.ShutdownTimeout = TimeSpan.FromSeconds(25);
            });
        }
        return services;
    }

    private static PostgreSqlStorage Storage(string connectionString)
    {
        var options = new PostgreSqlStorageOptions
        {
            UseSlidingInvisibilityTimeout = true,
            QueuePollInterval = TimeSpan.FromSeconds(1),
            PrepareSchemaIfNecessary = false,
            // For those who wait where StaleLocks does not run yet, or any more.
            DistributedLockTimeout = TimeSpan.FromSeconds(10),
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(connectionString, options), options) { JobExpirationTimeout = TimeSpan.FromHours(2) };
    }

    /// <summary>Puts the table into the database; entries that are no longer in it are taken out.</summary>
    public static async Task PublishAsync(IServiceProvider services, CancellationToken cancel)
    {
        var locks = services.GetRequiredService<StaleLocks>();
        while (true)
        {
            try
            {
                // Hangfire waits without hearing a signal.
                await Task.Run(
                    () =>
                    {
                        locks.Remove();
                        Publish(services);
                    }, cancel).WaitAsync(cancel);
                return;
            }
            catch (DistributedLockTimeoutException)
            {
                // Held by somebody whose clock is ahead; by now the lock is one to be taken over.
            }
        }
    }

    private static void Publish(IServiceProvider services)
    {
        var recurring = services.GetRequiredService<IRecurringJobManager>();
        using var connection = services.GetRequiredService<JobStorage>().GetConnection();
        foreach (var gone in connection.GetRecurringJobs().Select(job => job.Id).Except(Entries.Select(e => e.Id)))
        {
            recurring.RemoveIfExists(gone);
        }
        foreach (var (id, cron, job) in Entries)
        {
            recurring.AddOrUpdate(id, job, cron, new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc });
        }
    }

    /// <summary>The dashboard; who may see it is for the caller to say.</summary>
    /// <param name="home">Target of the link "Back to site", with the path prefix.</param>
    public static IEndpointConventionBuilder MapTimetable(this IEndpointRouteBuilder routes, string path, string home)
    {
        // Hangfire's own filter lets in whoever comes from this host: behind a proxy that is everybody.
        var dashboard = routes.MapHangfireDashboard(path, new DashboardOptions
        {
            // To look, not to touch: without one of its jobs nothing would be sent, and nobody would be told.
            IsReadOnlyFunc = _ => true,
            Authorization = [],
            AppPath = home,
            DisplayStorageConnectionString = false,
        });
        dashboard.Add(endpoint =>
        {
            // The dashboard throws if /stats is requested without a form.
            var show = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                if (context.Request.HasFormContentType
                    || !context.Request.Path.StartsWithSegments(path + "/stats", StringComparison.OrdinalIgnoreCase))
                {
                    return ShowInEnglishAsync(show, context);
                }
                context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method)
                    ? StatusCodes.Status415UnsupportedMediaType
                    : StatusCodes.Status405MethodNotAllowed;
                return Task.CompletedTask;
            };
        });
        return dashboard;
    }

    /// <summary>The dashboard says by the culture in which language its page is, and the invariant one is called "iv". It ends with this request.</summary>
    private static async Task ShowInEnglishAsync(RequestDelegate show, HttpContext context)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        await show(context);
    }
}
