using Microsoft.AspNetCore.Http;
using Newsletter.Mime;
using Newsletter.Web.Http;

namespace Newsletter.Web.Pages.Shared;

/// <summary>A mail as a page: an editor's preview, and a reader's web view.</summary>
internal static class MailPage
{
    public const string ContentType = "text/html; charset=utf-8";

    private const string EndOfBody = "</body>";

    /// <summary>The page's HTML. Sets the response headers that a mail needs.</summary>
    /// <param name="before">HTML of ours before the mail's body.</param>
    public static string Html(HttpContext context, SplicedMail mail, string before = "")
    {
        var (head, body, end) = Split(context, mail);
        return $"{head}{before}{body}{end}";
    }

    /// <summary>Sets the response headers that a mail needs, and wraps the body in a main element for screen readers.</summary>
    /// <returns>The page up to the beginning of the body, the body, and the rest.</returns>
    public static (string Head, string Body, string End) Split(HttpContext context, SplicedMail mail)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy.Mail;
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        var html = mail.HtmlBody;
        // The first <body is the template's own; without one, everything is the body.
        var begin = html.IndexOf("<body", StringComparison.Ordinal) is >= 0 and var tag ? html.IndexOf('>', tag) + 1 : 0;
        // The last </body> is the template's own, too, because text of items is escaped.
        var end = html.LastIndexOf(EndOfBody, StringComparison.Ordinal) is >= 0 and var last ? last : html.Length;
        return begin == 0 || html.Contains("<main", StringComparison.Ordinal)
            ? (html[..begin], html[begin..end], html[end..])
            : (html[..begin] + "<main>", html[begin..end], "</main>" + html[end..]);
    }
}
