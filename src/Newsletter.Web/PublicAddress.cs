using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Newsletter.Addresses;

namespace Newsletter.Web;

/// <summary>
/// Scheme, host and path prefix of each request are those of <c>Site:PublicUrl</c>, whatever a proxy says, forgets or takes off:
/// cookies and links then fit what the browser sees, and the Host header is reflected nowhere.
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
                // A proxy that kept the prefix; one that took it off leaves a path that is ours already.
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
