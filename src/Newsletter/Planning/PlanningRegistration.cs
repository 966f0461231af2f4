using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Planning;

internal static class PlanningRegistration
{
    public static IServiceCollection AddPlanning(this IServiceCollection services)
    {
        services.AddSingleton<PlanInputStore>();
        services.AddSingleton<OverrideStore>();
        services.AddSingleton<PlanInputLoader>();
        services.AddSingleton<EditionPlanning>();
        services.AddSingleton<HistoryPageStore>();
        services.AddSingleton<HistoryPacking>();
        return services;
    }
}
