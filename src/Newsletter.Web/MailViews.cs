using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newsletter.Mime;
using Newsletter.Newsroom;
using Newsletter.Web.Pages;

namespace Newsletter.Web;

/// <summary>Mails as pages: as an editor looks at one before it is sent. <see cref="Pages.MailModel"/> is what a reader sees.</summary>
internal static class MailViews
{
    public const string Html = "text/html; charset=utf-8";

    private const string EndOfBody = "</body>";

    public static void MapMailViews(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/editor/editions/{id:long}/preview", PreviewAsync).RequireAuthorization(Policies.Editor);

    /// <param name="role">A slug or a label; nothing for what most readers get.</param>
    private static async Task<IResult> PreviewAsync(long id, string? role, HttpContext context, Preview preview)
    {
        var (mail, warning) = await preview.OfRoleAsync(id, string.IsNullOrEmpty(role) ? null : role);
        return Results.Content(Page(context, mail, warning is null ? "" : Note(warning)), Html);
    }

    private static string Note(string warning) =>
        $"""<p role="note" style="margin:0;padding:12px;background:#fff3d6;color:#3d2600;font:16px/24px sans-serif">{HtmlEncoder.Default.Encode(warning)}</p>""";

    /// <summary>A mail as a page: its content is the main part, as screen readers look for it. The answer allows what mails need.</summary>
    /// <param name="before">HTML of ours to stand before it.</param>
    /// <param name="after">Likewise behind it.</param>
    public static string Page(HttpContext context, SplicedMail mail, string before = "", string after = "")
    {
        var (head, body, end) = Open(context, mail);
        return $"{head}{before}{body}{after}{end}";
    }

    /// <returns>The mail's page up to the beginning of its body, the body, and the rest, for an answer that allows what mails need.</returns>
    public static (string Head, string Body, string End) Open(HttpContext context, SplicedMail mail)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy.Mail;
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        var html = mail.HtmlBody;
        // The first one is the template's own; in one without it everything is the body.
        var begin = html.IndexOf("<body", StringComparison.Ordinal) is >= 0 and var tag ? html.IndexOf('>', tag) + 1 : 0;
        // The last one is the template's own, too: what items say is escaped.
        var end = html.LastIndexOf(EndOfBody, StringComparison.Ordinal) is >= 0 and var last ? last : html.Length;
        return begin == 0 || html.Contains("<main", StringComparison.Ordinal)
            ? (html[..begin], html[begin..end], html[end..])
            : (html[..begin] + "<main>", html[begin..end], "</main>" + html[end..]);
    }
}
