using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Newsletter.Dkim;
using Newsletter.Smtp;

namespace Newsletter.Deliveries;

internal static class DeliveriesRegistration
{
    public static IServiceCollection AddDeliveries(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<DeliveryOptions>(configuration, "Delivery", options => options.Checked());
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<RelayAbsenceStore>();
        services.AddSingleton<RelayWatch>();
        services.AddSingleton<SendingLimitStore>();
        services.AddSingleton<DomainLimitStore>();
        services.AddSingleton<DomainLimits>();
        services.AddSingleton(provider => new SmtpPool(
            provider.GetRequiredService<IOptions<SmtpOptions>>(), provider.GetRequiredService<DkimSigner>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RelayWatch>().NoteAsync));
        return services;
    }
}
