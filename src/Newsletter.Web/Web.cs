using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Web;

/// <summary>The pages for people and the endpoints for machines.</summary>
public static class Web
{
    public static IServiceCollection AddNewsletterWeb(this IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Editor, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Operator, policy => policy.RequireClaim("permission", "operator"));
        return services;
    }

    /// <param name="hasOutbox">Whether caught mails are shown at /outbox, so that pages link there.</param>
    public static void MapNewsletterWeb(this WebApplication app, bool hasOutbox)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
