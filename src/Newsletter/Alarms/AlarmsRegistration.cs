using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Alarms;

internal static class AlarmsRegistration
{
    public static IServiceCollection AddAlarms(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<AlarmOptions>(configuration, "Alarm", options => options.Checked());
        services.AddSingleton<AlarmStore>();
        services.AddSingleton<AlarmRaising>();
        services.AddSingleton<AlarmMails>();
        services.AddSingleton<AlarmWebhook>();
        services.AddSingleton<AlarmSending>();
        return services;
    }
}
