using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Sending;

internal static class SendingRegistration
{
    public static IServiceCollection AddSending(this IServiceCollection services)
    {
        services.AddSingleton<EditionDesignStore>();
        services.AddSingleton<EditionDesigns>();
        services.AddSingleton<EditionMailFactory>();
        services.AddSingleton<EditionSending>();
        services.AddSingleton<ForegroundSending>();
        return services;
    }
}
