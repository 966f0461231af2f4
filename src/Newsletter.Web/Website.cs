using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;
using Newsletter.Accounts;
using Newsletter.Links;
using Newsletter.Web.Feeds;
using Newsletter.Web.Forms;
using Newsletter.Web.Http;
using Newsletter.Web.Pages.Editor.Editions;
using Newsletter.Web.SignIn;

namespace Newsletter.Web;

/// <summary>The pages for people and the endpoints for machines.</summary>
public static class Website
{
    /// <param name="hasOutbox">Whether caught mails are shown at /outbox, so that pages link there.</param>
    public static IServiceCollection AddNewsletterWeb(this IServiceCollection services, bool hasOutbox)
    {
        services.AddSingleton(new HostFeatures(hasOutbox));
        // Do not encode letters of any script.
        services.Configure<WebEncoderOptions>(encoding => encoding.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddRazorPages(pages =>
        {
            pages.Conventions.AuthorizeFolder("/Editor", Policies.Editor);
            pages.Conventions.AllowAnonymousToPage("/Editor/Account/SignIn");
            pages.Conventions.AllowAnonymousToPage("/Editor/Account/Setup");
            pages.Conventions.ConfigureFilter(new UsableRequests());
        }).AddMvcOptions(mvc => mvc.Filters.Add<UnreadableForms>());
        services.AddRateLimits();
        services.AddRequestLimits();
        services.Configure<KestrelServerOptions>(server => server.AddServerHeader = false);

        services.AddSingleton<EditorCookie>();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure(EditorCookie.Configure);
        services.Configure<CookieTempDataProviderOptions>(data => data.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        services.AddAntiforgery(forgery =>
        {
            forgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // Our own headers forbid framing, on every page.
            forgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Editor, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Operator, policy => policy.RequireClaim(EditorCookie.PermissionClaim, Editor.OperatorPermission))
            .AddPolicy(Policies.Outbox, policy => policy.RequireAssertion(Policies.MaySeeOutbox));

        services.AddDataProtection().SetApplicationName("Newsletter");
        services.AddSingleton<KeyCipher>();
        services.AddSingleton<KeyEncryption>();
        services.AddSingleton<CookieKeyStore>();
        services.AddOptions<KeyManagementOptions>()
            .Configure<CookieKeyStore, KeyEncryption>((keys, ring, encryption) => (keys.XmlRepository, keys.XmlEncryptor) = (ring, encryption));
        services.AddLogging(log => log.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
        services.AddHostedService<SignUpQueueWorker>();
        return services;
    }

    /// <summary>Must be called before the first request.</summary>
    public static Task PrepareNewsletterWebAsync(this WebApplication app, CancellationToken cancel) =>
        app.Services.GetRequiredService<CookieKeyStore>().ReencryptAsync(cancel);

    public static void MapNewsletterWeb(this WebApplication app)
    {
        var site = app.Services.GetRequiredService<IOptions<SiteOptions>>().Value;
        app.UsePublicAddress(site);
        app.UseTrustedProxies(site);
        app.UseSecurityHeaders(site);
        app.UseHeadRequests();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = Failures.Path,
            StatusCodeSelector = Failures.StatusOf,
            SuppressDiagnosticsCallback = failure => Failures.StatusOf(failure.Exception) < StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePagesWithReExecute(Failures.Path + "/{0}");
        app.UseRouting();
        app.UseRequestLimits();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();

        app.MapStaticAssets();
        app.MapRazorPages();
        app.MapHealth();
        app.MapPreview();
        app.MapFeeds();
        app.MapRobots();
        app.MapGet("/", (HttpContext context) => Results.LocalRedirect($"{context.Request.PathBase}/subscribe"));
    }
}
