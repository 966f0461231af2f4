using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Restores;

internal static class RestoresRegistration
{
    public static IServiceCollection AddRestores(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<DataOptions>(configuration, "Data");
        services.AddSingleton<InstallationStore>();
        services.AddSingleton<SendingGuard>();
        return services;
    }
}
