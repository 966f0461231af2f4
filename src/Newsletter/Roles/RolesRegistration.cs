using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Roles;

internal static class RolesRegistration
{
    public static IServiceCollection AddRoles(this IServiceCollection services)
    {
        services.AddSingleton<TaxonomyStore>();
        services.AddSingleton<TaxonomyImport>();
        services.AddSingleton<LabelStore>();
        services.AddSingleton<LabelCleanUpStore>();
        return services;
    }
}
