using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Newsletter.Links;

namespace Newsletter.Web.Http;

/// <summary>Security headers of every response. An endpoint can set its own values.</summary>
internal static class SecurityHeaders
{
    /// <summary>One year. Without includeSubDomains, because the subdomains are not ours.</summary>
    private const string OnlyTls = "max-age=31536000";

    public static void UseSecurityHeaders(this IApplicationBuilder app, SiteOptions site)
    {
        var root = new Uri(site.Root());
        // HSTS applies to the whole host. With a path prefix, the host has other applications, too.
        var onlyTls = site.Hsts && root.Scheme == Uri.UriSchemeHttps && root.AbsolutePath == "/";
        app.Use((context, next) =>
        {
            // Set the headers as late as possible: the error handler clears headers that were set before.
            context.Response.OnStarting(Set, context);
            if (onlyTls)
            {
                context.Response.OnStarting(SetOnlyTls, context);
            }
            return next(context);
        });
    }

    private static Task SetOnlyTls(object state)
    {
        ((HttpContext)state).Response.Headers.StrictTransportSecurity = OnlyTls;
        return Task.CompletedTask;
    }

    private static Task Set(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.TryAdd("Content-Security-Policy", context.GetEndpoint()?.Metadata.GetMetadata<ContentPolicy>()?.Value ?? ContentPolicy.Page);
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        // URLs of pages contain tokens.
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cache-Control", new StringValues("no-store"));
        if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            headers.TryAdd("Retry-After", "30");
        }
        return Task.CompletedTask;
    }
}
