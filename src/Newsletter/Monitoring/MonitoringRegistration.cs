using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Monitoring;

internal static class MonitoringRegistration
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services)
    {
        services.AddSingleton<RelayAlarms>();
        services.AddSingleton<EditionJournal>();
        services.AddSingleton<EditionAlarms>();
        services.AddSingleton<RestoreAlarms>();
        return services;
    }
}
