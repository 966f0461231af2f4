using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Lifecycle;

internal static class LifecycleRegistration
{
    public static IServiceCollection AddLifecycle(this IServiceCollection services)
    {
        services.AddSingleton<EditionSteps>();
        services.AddSingleton<DueEditions>();
        services.AddSingleton<RestoreStore>();
        services.AddSingleton<RestoreConfirmation>();
        return services;
    }
}
