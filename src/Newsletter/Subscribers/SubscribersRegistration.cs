using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Subscribers;

internal static class SubscribersRegistration
{
    public static IServiceCollection AddSubscribers(this IServiceCollection services)
    {
        services.AddSingleton<SubscriberStore>();
        services.AddSingleton<PreferenceChange>();
        services.AddSingleton<NewLabelStore>();
        services.AddSingleton<LabelCleanUp>();
        services.AddSingleton<Erasure>();
        services.AddSingleton<DataRequest>();
        services.AddSingleton<PersonalDataStore>();
        return services;
    }
}
