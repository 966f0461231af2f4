using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Addresses;

internal static class AddressesRegistration
{
    public static IServiceCollection AddAddresses(this IServiceCollection services)
    {
        services.AddSingleton<SuppressionStore>();
        return services;
    }
}
