using System.Net;
using Microsoft.AspNetCore.Http;

namespace Newsletter.Web;

/// <summary>How a request reached this process, before it was given the public address.</summary>
/// <param name="IsLocal">
/// The peer is on this machine, came through no proxy that says so, and asked for this machine by <c>localhost</c> or a number.
/// </param>
internal sealed record LocalRequest(bool IsLocal)
{
    /// <summary>By one of these a proxy shows itself.</summary>
    private static readonly string[] Forwarding = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    public static LocalRequest Of(HttpContext context) => new(
        context.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)
        // A page from elsewhere may have its own name lead to this machine, and read the answer.
        && (context.Request.Host.Host == "localhost" || NumberOf(context.Request.Host.Host) is not null)
        && !Forwarding.Any(context.Request.Headers.ContainsKey));

    /// <summary>True for <c>localhost</c> and the addresses that only this machine reaches.</summary>
    public static bool IsLoopback(string host) => host == "localhost" || (NumberOf(host) is { } address && IPAddress.IsLoopback(address));

    private static IPAddress? NumberOf(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : null;
}
