using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Digests;

internal static class DigestsRegistration
{
    public static IServiceCollection AddDigests(this IServiceCollection services)
    {
        services.AddSingleton<DigestStore>();
        services.AddSingleton<EditionStore>();
        services.AddSingleton<EditionTransitionStore>();
        services.AddSingleton<CompositionStore>();
        return services;
    }
}
