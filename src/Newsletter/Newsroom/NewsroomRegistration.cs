using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Newsroom;

internal static class NewsroomRegistration
{
    public static IServiceCollection AddNewsroom(this IServiceCollection services)
    {
        services.AddSingleton<OverrideEditing>();
        services.AddSingleton<EditionText>();
        services.AddSingleton<Simulation>();
        services.AddSingleton<CoverageStore>();
        services.AddSingleton<Coverage>();
        services.AddSingleton<TestSending>();
        services.AddSingleton<Correcting>();
        services.AddSingleton<Explaining>();
        services.AddSingleton<Preview>();
        return services;
    }
}
