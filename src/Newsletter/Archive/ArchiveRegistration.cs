using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Archive;

internal static class ArchiveRegistration
{
    public static IServiceCollection AddArchive(this IServiceCollection services)
    {
        services.AddSingleton<ArchiveStore>();
        services.AddSingleton<Archiving>();
        services.AddSingleton<ItemPageStore>();
        return services;
    }
}
