using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newsletter.Newsroom;
using Newsletter.Web.Pages.Shared;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Pages.Editor.Editions;

/// <summary>A mail of an edition, for an editor to read before it is sent.</summary>
internal static class PreviewEndpoint
{
    public static void MapPreview(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/editor/editions/{id:long}/preview", PreviewAsync).RequireAuthorization(Policies.Editor);

    /// <param name="role">A slug or a label; if empty, the most common mail of the edition.</param>
    private static async Task<IResult> PreviewAsync(long id, string? role, HttpContext context, Preview preview)
    {
        var (mail, warning) = await preview.OfRoleAsync(id, string.IsNullOrEmpty(role) ? null : role);
        return Results.Content(MailPage.Html(context, mail, warning is null ? "" : Note(warning)), MailPage.ContentType);
    }

    private static string Note(string warning)
    {
        const string Style = "margin:0;padding:12px;background:#fff3d6;color:#3d2600;font:16px/24px sans-serif";
        return $"""<p role="note" style="{Style}">{HtmlEncoder.Default.Encode(warning)}</p>""";
    }
}
