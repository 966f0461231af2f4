using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Newsletter.Web;

/// <summary>Headers of every answer, unless the answer says otherwise.</summary>
internal static class SecurityHeaders
{
    private const string HangfireOwn = "frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment: an error page clears what was set before it.
        context.Response.OnStarting(Set, context);
        return next(context);
    });

    private static Task Set(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        // Hangfire's dashboard has scripts and styles inline.
        headers.TryAdd("Content-Security-Policy", context.Request.Path.StartsWithSegments("/hangfire", StringComparison.OrdinalIgnoreCase) ? HangfireOwn : ContentPolicy.Page);
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        // Addresses of pages hold tokens.
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
