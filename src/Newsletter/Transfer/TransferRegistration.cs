using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Transfer;

internal static class TransferRegistration
{
    public static IServiceCollection AddTransfer(this IServiceCollection services)
    {
        services.AddSingleton<ImportStore>();
        services.AddSingleton<SubscriberImport>();
        services.AddSingleton<SubscriberExport>();
        return services;
    }
}
