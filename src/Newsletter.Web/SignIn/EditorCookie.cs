using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Newsletter.Accounts;
using Newsletter.Web.Http;

namespace Newsletter.Web.SignIn;

/// <summary>
/// The session of an editor. The cookie holds the session's token. Each request reads the session, its editor and their
/// permission from the database: there are few editors, so this is cheap.
/// </summary>
internal sealed class EditorCookie(EditorSessions sessions, CookieKeyStore keys, TimeProvider time, ILogger<EditorCookie> log) : CookieAuthenticationEvents
{
    public const string PermissionClaim = "permission";

    private const string SessionClaim = "session";

    /// <summary>Key of the status code in HttpContext.Items if the session could not be read.</summary>
    private static readonly object Unknown = new();

    public static void Configure(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "newsletter.editor";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        // PublicAddress sets the scheme of each request to that of Site:PublicUrl, also when a proxy ends TLS.
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = EditorSessions.GoodFor;
        cookie.LoginPath = "/editor/sign-in";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.EventsType = typeof(EditorCookie);
    }

    /// <summary>
    /// Starts a session after a successful sign-in. It deletes the previous session of this browser, so that a copy of the old
    /// cookie is invalid from now on.
    /// </summary>
    public static async Task SignInAsync(HttpContext context, EditorSessions sessions, Editor editor)
    {
        await EndSessionAsync(context, sessions);
        await context.SignInAsync(PrincipalOf(editor, await sessions.BeginAsync(editor)));
    }

    /// <summary>Deletes the session of this browser. A copy of its cookie is invalid from now on.</summary>
    public static async Task SignOutAsync(HttpContext context, EditorSessions sessions)
    {
        await EndSessionAsync(context, sessions);
        await context.SignOutAsync();
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        // Error pages are rendered without a user, because the database may be what failed.
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.RejectPrincipal();
            return;
        }
        try
        {
            await LookUpAsync(context);
        }
        catch (Exception failure)
        {
            // Do not throw: authentication runs once per request, and the error page would throw the same exception again.
            log.LogError(failure, "The session could not be read from the database");
            context.HttpContext.Items[Unknown] = Failures.StatusOf(failure);
            context.RejectPrincipal();
        }
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        // If sessions cannot be read at the moment, a new sign-in would not help.
        if (keys.IsAway || context.HttpContext.Items.ContainsKey(Unknown))
        {
            context.Response.StatusCode = context.HttpContext.Items[Unknown] as int? ?? StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }
        // The redirect is relative: a client that uses an SSH tunnel or another host name keeps it.
        context.RedirectUri = new Uri(context.RedirectUri).PathAndQuery;
        return base.RedirectToLogin(context);
    }

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static async Task EndSessionAsync(HttpContext context, EditorSessions sessions)
    {
        if (context.User.FindFirstValue(SessionClaim) is { } token)
        {
            await sessions.EndAsync(token);
        }
    }

    private async Task LookUpAsync(CookieValidatePrincipalContext context)
    {
        // A cookie from an older version has no session token.
        if (context.Principal?.FindFirstValue(SessionClaim) is not { } token || await sessions.FindEditorAsync(token) is not { } editor)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
            return;
        }
        // ASP.NET renews the cookie at the same point (half of its lifetime): the session must not expire before the cookie.
        if (context.Properties.ExpiresUtc - time.GetUtcNow() < EditorSessions.GoodFor / 2)
        {
            await sessions.ExtendAsync(token);
        }
        context.ReplacePrincipal(PrincipalOf(editor, token));
    }

    private static ClaimsPrincipal PrincipalOf(Editor editor, string token) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, editor.Id.ToString(CultureInfo.InvariantCulture)),
            new Claim(ClaimTypes.Name, editor.Email),
            new Claim(PermissionClaim, editor.Permission),
            new Claim(SessionClaim, token),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
