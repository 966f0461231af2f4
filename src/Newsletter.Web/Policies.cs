using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Newsletter.Web;

/// <summary>Names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>Whoever is signed in.</summary>
    public const string Editor = "editor";

    /// <summary>Editors with the permission <c>operator</c>: they also see /hangfire.</summary>
    public const string Operator = "operator";

    /// <summary>Whoever sits at this machine, and editors: caught mails hold their readers' links.</summary>
    public const string Outbox = "outbox";

    internal static bool MaySeeOutbox(AuthorizationHandlerContext context) =>
        context.User.Identity is { IsAuthenticated: true }
        || (context.Resource is HttpContext { Connection.RemoteIpAddress: { } client, Request.Host.Host: var host }
            && IPAddress.IsLoopback(client)
            // A page from elsewhere may have its own name lead to this machine, and read the answer.
            && (host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _)));
}
