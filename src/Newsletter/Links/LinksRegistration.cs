using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Newsletter.Links;

internal static class LinksRegistration
{
    public static IServiceCollection AddLinks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<SiteOptions>(configuration, "Site", options => options.Checked());
        services.AddSingleton(provider => new SigningKeys(provider.GetRequiredService<IOptions<SiteOptions>>().Value.SigningKeys));
        services.AddSingleton(provider => new SignedLinks(
            provider.GetRequiredService<SigningKeys>(), provider.GetRequiredService<IOptions<SiteOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
