using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Newsletter.Web.Http;

/// <summary>
/// Answers HEAD like GET on every route (RFC 9110, 9.3.2): endpoints see GET. The server remembers the original method and sends
/// no body.
/// </summary>
internal static class HeadRequests
{
    public static void UseHeadRequests(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
            // HEAD must not change state: without this, it would consume TempData, which is shown once.
            context.Response.OnStarting(static state => Keep((HttpResponse)state), context.Response);
        }
        return next(context);
    });

    private static Task Keep(HttpResponse response)
    {
        response.Headers.Remove("Set-Cookie");
        return Task.CompletedTask;
    }
}
