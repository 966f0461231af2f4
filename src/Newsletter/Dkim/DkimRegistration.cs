using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Dkim;

internal static class DkimRegistration
{
    public static IServiceCollection AddDkim(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<DkimOptions>(configuration, "Dkim");
        services.AddSingleton<DkimSigner>();
        return services;
    }
}
