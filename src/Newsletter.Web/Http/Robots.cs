using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Newsletter.Web.Http;

/// <summary>
/// The robots.txt for search engines (RFC 9309). Readers' pages are not disallowed: each has a noindex tag, which a robot can
/// read only if it may fetch the page.
/// </summary>
internal static class Robots
{
    private static readonly string[] Disallowed = ["editor", "hangfire", "outbox"];

    public static void MapRobots(this IEndpointRouteBuilder routes) => routes.MapGet("/robots.txt", (HttpContext context) =>
        Results.Text("User-agent: *\n" + string.Concat(Disallowed.Select(path => $"Disallow: {context.Request.PathBase}/{path}\n"))));
}
