using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Items;

internal static class ItemsRegistration
{
    public static IServiceCollection AddItems(this IServiceCollection services)
    {
        services.AddSingleton<StoryStore>();
        services.AddSingleton<ItemStore>();
        services.AddSingleton<ItemImport>();
        return services;
    }
}
