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

/// <summary>All jobs and their schedules.</summary>
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

    /// <summary>Registers Hangfire's storage, which the dashboard also needs, and with <paramref name="work"/> a server that runs the jobs.</summary>
    public static IServiceCollection AddTimetable(this IServiceCollection services, string connectionString, bool work)
    {
        services.AddSingleton<Jobs>();
        // Explicit registration: otherwise Hangfire uses a static, which the last host of the process has set.
        services.AddSingleton<JobStorage>(_ => Storage(connectionString));
        services.AddSingleton(provider => new StaleLocks(connectionString, provider.GetRequiredService<ILogger<StaleLocks>>()));
        services.AddHangfire(hangfire => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            // No retry of failed jobs: the schedule starts the next run, and our rows show what is left to do.
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
            // For processes that wait for a lock while StaleLocks is not running (yet, or any more).
            DistributedLockTimeout = TimeSpan.FromSeconds(10),
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(connectionString, options), options) { JobExpirationTimeout = TimeSpan.FromHours(2) };
    }

    /// <summary>Writes the schedule to the database, and removes jobs that are no longer in it.</summary>
    public static async Task PublishAsync(IServiceProvider services, CancellationToken cancel)
    {
        var locks = services.GetRequiredService<StaleLocks>();
        while (true)
        {
            try
            {
                // Hangfire's wait for its lock cannot be cancelled.
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
                // The lock's owner has a clock that is ahead. The lock is stale by now, so the next iteration removes it.
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

    /// <summary>Maps the dashboard. The caller must add authorization.</summary>
    /// <param name="home">Target of the link "Back to site", with the path prefix.</param>
    public static IEndpointConventionBuilder MapTimetable(this IEndpointRouteBuilder routes, string path, string home)
    {
        // Hangfire's default filter allows all requests from this host: behind a proxy, that is every request.
        var dashboard = routes.MapHangfireDashboard(path, new DashboardOptions
        {
            // Read-only: without a recurring job nothing would be sent, and no warning would appear.
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

    /// <summary>
    /// Sets the UI culture for this request: the dashboard uses it as the language of the page, and the invariant culture would give "iv".
    /// </summary>
    private static async Task ShowInEnglishAsync(RequestDelegate show, HttpContext context)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        await show(context);
    }
}
