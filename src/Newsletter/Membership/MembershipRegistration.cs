using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Membership;

internal static class MembershipRegistration
{
    public static IServiceCollection AddMembership(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<SubscribersOptions>(configuration, "Subscribers", options => options.Checked());
        services.AddSingleton<ReturnRequest>();
        services.AddSingleton<AddSubscriber>();
        services.AddSingleton<SignUp>();
        services.AddSingleton<SignUpQueueStore>();
        services.AddSingleton<SignUpQueue>();
        services.AddSingleton<SignUpStore>();
        services.AddSingleton<SignUpExpiry>();
        services.AddSingleton<SignUpBrakeStore>();
        services.AddSingleton<SignUpBrake>();
        services.AddSingleton<SignUpAlarms>();
        services.AddSingleton<Confirmation>();
        services.AddSingleton<Unsubscribing>();
        return services;
    }
}
