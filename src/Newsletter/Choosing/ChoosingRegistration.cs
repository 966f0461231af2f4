using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Choosing;

internal static class ChoosingRegistration
{
    public static IServiceCollection AddChoosing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<ChoosingOptions>(configuration, "Choosing", options => options.Checked());
        return services;
    }
}
