using System.Net;
using Microsoft.AspNetCore.Http;

namespace Newsletter.Web.Http;

/// <summary>Where a request came from. It is determined before <see cref="PublicAddress"/> changes the host of the request.</summary>
/// <param name="IsLocal">
/// The peer is on this machine, the request has no header of a proxy, and its host is <c>localhost</c> or an IP address.
/// </param>
internal sealed record LocalRequest(bool IsLocal)
{
    /// <summary>Headers that proxies add. A request with one of them may come from another machine.</summary>
    private static readonly string[] Forwarding = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    public static LocalRequest Of(HttpContext context) => new(
        context.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)
        // Against DNS rebinding: another site can make its own host name resolve to this machine and read the response.
        && (context.Request.Host.Host == "localhost" || NumberOf(context.Request.Host.Host) is not null)
        && !Forwarding.Any(context.Request.Headers.ContainsKey));

    /// <summary>True for <c>localhost</c> and loopback addresses.</summary>
    public static bool IsLoopback(string host) => host == "localhost" || (NumberOf(host) is { } address && IPAddress.IsLoopback(address));

    private static IPAddress? NumberOf(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : null;
}
