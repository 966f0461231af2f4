using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Newsletter.Links;

namespace Newsletter.Web.Http;

/// <summary>
/// Sets scheme, host and path prefix of each request to those of <c>Site:PublicUrl</c>, and ignores what a proxy sends. Cookies
/// and links then match the URL in the browser, and no response contains the Host header of its request.
/// </summary>
internal static class PublicAddress
{
    public static void UsePublicAddress(this IApplicationBuilder app, SiteOptions site)
    {
        var root = new Uri(site.Root());
        var host = HostString.FromUriComponent(root);
        var prefix = PathString.FromUriComponent(root.AbsolutePath.TrimEnd('/'));
        app.Use((context, next) =>
        {
            var request = context.Request;
            context.Features.Set(LocalRequest.Of(context));
            (request.Scheme, request.Host) = (root.Scheme, host);
            if (prefix.HasValue)
            {
                // Some proxies keep the prefix in the path, others remove it.
                if (request.Path.StartsWithSegments(prefix, out var rest))
                {
                    request.Path = rest;
                }
                request.PathBase = prefix;
            }
            return next(context);
        });
    }
}
