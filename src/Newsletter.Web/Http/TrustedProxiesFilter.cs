using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Newsletter.Links;

namespace Newsletter.Web.Http;

/// <summary>
/// Determines the client's address for rate limits: the peer's address, or X-Forwarded-For if the peer is in
/// <c>Site:TrustedProxies</c>. If the header has several addresses, the last one that is not a trusted proxy counts.
/// </summary>
internal static partial class TrustedProxiesFilter
{
    private const string Header = "X-Forwarded-For";

    public static void UseTrustedProxies(this WebApplication app, SiteOptions site)
    {
        var trusted = site.Proxies();
        // Without any known proxy, ASP.NET's middleware would trust every peer.
        if (trusted.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var range in trusted)
            {
                forwarded.KnownIPNetworks.Add(range);
            }
            app.UseForwardedHeaders(forwarded);
        }

        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TrustedProxiesFilter));
        var told = 0;
        app.Use((context, next) =>
        {
            // The middleware removes the header if it trusts all addresses in it, and adds X-Original-For if it trusts some.
            if (context.Request.Headers.ContainsKey(Header) && !context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName)
                && Interlocked.Exchange(ref told, 1) == 0)
            {
                ForwardedForIgnored(log, context.Connection.RemoteIpAddress?.ToString() ?? "");
            }
            return next(context);
        });
    }

    [LoggerMessage(5001, LogLevel.Warning,
        "X-Forwarded-For from {Peer} is ignored, so all visitors behind it share one rate limit: "
        + "if it is your proxy, add it to Site:TrustedProxies")]
    private static partial void ForwardedForIgnored(ILogger log, string peer);
}
