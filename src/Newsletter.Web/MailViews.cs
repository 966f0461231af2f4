using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newsletter.Digests;
using Newsletter.Rendering;

namespace Newsletter.Web;

/// <summary>Mails as pages: as an editor looks at one before it is sent. <see cref="Pages.MailModel"/> is what a reader sees.</summary>
internal static class MailViews
{
    public static void MapMailViews(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/editor/editions/{id:long}/preview", PreviewAsync).RequireAuthorization(Policies.Editor);

    /// <param name="role">A slug or a label; nothing for what most readers get.</param>
    private static async Task<IResult> PreviewAsync(long id, string? role, HttpContext context, Preview preview)
    {
        var (mail, warning) = await preview.OfRoleAsync(id, string.IsNullOrEmpty(role) ? null : role);
        var html = Open(context, mail);
        // The first one is the template's own; one without it gets the warning before everything.
        var begin = html.IndexOf('>', Math.Max(0, html.IndexOf("<body", StringComparison.Ordinal))) + 1;
        return Results.Content(warning is null ? html : html.Insert(begin, Note(warning)), "text/html; charset=utf-8");
    }

    private static string Note(string warning) =>
        $"""<p role="note" style="margin:0;padding:12px;background:#fff3d6;color:#3d2600;font:16px/24px sans-serif">{HtmlEncoder.Default.Encode(warning)}</p>""";

    /// <returns>The mail's page, for an answer that from now on allows what mails need.</returns>
    public static string Open(HttpContext context, SplicedMail mail)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy.Mail;
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        return mail.HtmlBody;
    }
}
