using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Newsletter.Web.Http;

namespace Newsletter.Web.SignIn;

/// <summary>Names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>All signed-in editors.</summary>
    public const string Editor = "editor";

    /// <summary>Editors with the permission <c>operator</c>: they also see /hangfire and release or discard held sign-ups.</summary>
    public const string Operator = "operator";

    /// <summary>Clients on this machine, and editors: caught mails contain the personal links of readers.</summary>
    public const string Outbox = "outbox";

    /// <summary>
    /// Without sign-in only if Site:PublicUrl is a loopback address: behind a proxy on this machine, all requests come from here.
    /// </summary>
    internal static bool MaySeeOutbox(AuthorizationHandlerContext context) =>
        context.User.Identity is { IsAuthenticated: true }
        || (context.Resource is HttpContext { Request.Host.Host: var published } http
            && LocalRequest.IsLoopback(published) && http.Features.Get<LocalRequest>() is { IsLocal: true });
}
