using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Newsletter.Tests.Web;

/// <summary>An endpoint of the server: method, route and, for a Razor page, the handler.</summary>
/// <param name="Handler">Name of the page's handler; null if it has no name.</param>
internal sealed record ListedEndpoint(string Method, RoutePattern Pattern, string? Handler)
{
    private const string Assets = "_content";

    /// <summary>The path before the token; null if the route has no token.</summary>
    public string? Place => Pattern.Parameters.Any(parameter => parameter.Name == "token")
        ? Path[..Path.IndexOf("/{", StringComparison.Ordinal)].Trim('/')
        : null;

    public string Query => Handler is null ? "" : "?handler=" + Handler;

    private string Path => "/" + Pattern.RawText!.TrimStart('/');

    /// <summary>Style sheets and their compressed variants count once.</summary>
    public static async Task<IReadOnlyList<ListedEndpoint>> AllAsync(Site site)
    {
        var all = new Dictionary<string, ListedEndpoint>();
        foreach (var endpoint in site.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => !endpoint.RoutePattern.RawText!.Contains(Assets, StringComparison.Ordinal)))
        {
            foreach (var listed in await HandlersAsync(site, endpoint))
            {
                all.TryAdd(listed.ToString(), listed);
            }
        }
        return [.. all.Values.OrderBy(listed => listed.Path, StringComparer.Ordinal).ThenBy(listed => listed.ToString(), StringComparer.Ordinal)];
    }

    public override string ToString() => $"{Method} `{Path}{Query}`";

    private static async Task<IEnumerable<ListedEndpoint>> HandlersAsync(Site site, RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page)
        {
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
            return (methods.Count == 0 ? ["GET", "POST"] : methods).Where(method => method != "HEAD")
                .Select(method => new ListedEndpoint(method, endpoint.RoutePattern, null));
        }
        var compiled = await site.Get<PageLoader>().LoadAsync(page, EndpointMetadataCollection.Empty);
        // A page without handlers is rendered for every method: list it once, as GET.
        return compiled.HandlerMethods.Count == 0
            ? [new ListedEndpoint("GET", endpoint.RoutePattern, null)]
            : compiled.HandlerMethods.Select(
                handler => new ListedEndpoint(handler.HttpMethod.ToUpperInvariant(), endpoint.RoutePattern, handler.Name));
    }
}
