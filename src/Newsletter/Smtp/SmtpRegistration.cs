using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Smtp;

internal static class SmtpRegistration
{
    public static IServiceCollection AddSmtp(this IServiceCollection services, IConfiguration configuration, string helloName)
    {
        services.AddSection<SmtpOptions>(configuration, "Smtp", options => options.WithHelloName(helloName));
        return services;
    }
}
