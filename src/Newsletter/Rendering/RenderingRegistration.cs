using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Newsletter.Rendering;

internal static class RenderingRegistration
{
    public static IServiceCollection AddRendering(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<BrandOptions>(configuration, "Brand", options => options.Checked());
        services.AddSection<TemplateOptions>(configuration, "Templates");
        services.AddSingleton(provider => new Templates(TemplateSources.Read(provider.GetRequiredService<IOptions<TemplateOptions>>().Value.Directory)));
        services.AddSingleton(provider => new Renderer(provider.GetRequiredService<Templates>(), provider.GetRequiredService<IOptions<BrandOptions>>().Value));
        return services;
    }
}
