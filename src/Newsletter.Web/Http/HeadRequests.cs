using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Newsletter.Web.Http;

/// <summary>
/// HEAD is answered as GET is, for every address there is and will be (RFC 9110, 9.3.2): what the endpoints see is GET. The
/// server itself remembers what was asked, and sends no body.
/// </summary>
internal static class HeadRequests
{
    public static void UseHeadRequests(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
            // Whoever only looks changes nothing: a message that is shown once is kept for the one who sees the page.
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
