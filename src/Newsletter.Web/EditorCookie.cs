using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Editors;

namespace Newsletter.Web;

/// <summary>
/// The session of an editor. The cookie says who; whether they may still come in, and with which permission, is looked up
/// at every request: editors are few.
/// </summary>
internal sealed class EditorCookie(EditorStore editors, KeyRing keys, ILogger<EditorCookie> log) : CookieAuthenticationEvents
{
    public const string PermissionClaim = "permission";

    /// <summary>What a request is answered with that wants to know who asks, when that could not be found out.</summary>
    private static readonly object Unknown = new();

    public static void Configure(CookieAuthenticationOptions cookie, IOptions<SiteOptions> site)
    {
        cookie.Cookie.Name = "newsletter.editor";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = PolicyOf(site.Value);
        cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
        cookie.LoginPath = "/editor/sign-in";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.EventsType = typeof(EditorCookie);
    }

    /// <summary>A proxy that ends TLS may not say so: the public address does.</summary>
    public static CookieSecurePolicy PolicyOf(SiteOptions site) =>
        site.Root().StartsWith("https:", StringComparison.Ordinal) ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    public static Task SignInAsync(HttpContext context, Editor editor) => context.SignInAsync(PrincipalOf(editor));

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        // An error page is for nobody in particular, and the database may be what failed.
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
            // Thrown from here it would be thrown again by the error page: who asks is found out once a request.
            log.LogError(failure, "Who is signed in could not be looked up");
            context.HttpContext.Items[Unknown] = Failures.StatusOf(failure);
            context.RejectPrincipal();
        }
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        // A session that cannot be read now is no reason to ask for a password.
        if (keys.IsAway || context.HttpContext.Items.ContainsKey(Unknown))
        {
            context.Response.StatusCode = context.HttpContext.Items[Unknown] as int? ?? StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }
        // Without a host: whoever came through a tunnel stays in it.
        context.RedirectUri = new Uri(context.RedirectUri).PathAndQuery;
        return base.RedirectToLogin(context);
    }

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private async Task LookUpAsync(CookieValidatePrincipalContext context)
    {
        var id = context.Principal!.FindFirstValue(ClaimTypes.NameIdentifier);
        if (await editors.FindAsync(int.Parse(id!, CultureInfo.InvariantCulture)) is { DisabledAt: null, HasPassword: true } editor)
        {
            context.ReplacePrincipal(PrincipalOf(editor));
        }
        else
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
        }
    }

    private static ClaimsPrincipal PrincipalOf(Editor editor) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, editor.Id.ToString(CultureInfo.InvariantCulture)),
            new Claim(ClaimTypes.Name, editor.Email),
            new Claim(PermissionClaim, editor.Permission),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
