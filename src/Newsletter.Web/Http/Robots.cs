using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Newsletter.Web.Http;

/// <summary>
/// What search engines need not visit (RFC 9309). Readers' pages are not in it: each says itself that it must not be kept,
/// which only a robot that may look at it can read.
/// </summary>
internal static class Robots
{
    public static void MapRobots(this IEndpointRouteBuilder routes) => routes.MapGet("/robots.txt", (HttpContext context) =>
        Results.Text(string.Concat("User-agent: *\n", string.Concat(((string[])["editor", "hangfire", "outbox"]).Select(path => $"Disallow: {context.Request.PathBase}/{path}\n")))));
}
