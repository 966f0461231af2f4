using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Newsletter.Web;

/// <summary>Names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>Whoever is signed in.</summary>
    public const string Editor = "editor";

    /// <summary>Editors with the permission <c>operator</c>: they also see /hangfire and decide on sign-ups that are held.</summary>
    public const string Operator = "operator";

    /// <summary>Whoever sits at this machine, and editors: caught mails hold their readers' links.</summary>
    public const string Outbox = "outbox";

    /// <summary>Without signing in only where the pages are for this machine alone: behind a proxy everybody comes from here.</summary>
    internal static bool MaySeeOutbox(AuthorizationHandlerContext context) =>
        context.User.Identity is { IsAuthenticated: true }
        || (context.Resource is HttpContext { Request.Host.Host: var published } http
            && LocalRequest.IsLoopback(published) && http.Features.Get<LocalRequest>() is { IsLocal: true });
}
