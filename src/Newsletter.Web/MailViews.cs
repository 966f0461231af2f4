using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Digests;
using Newsletter.Rendering;
using Newsletter.Subscribers;

namespace Newsletter.Web;

/// <summary>Mails as pages: as a reader got it, and as an editor looks at it before.</summary>
internal static class MailViews
{
    public static void MapMailViews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/view/{token}", ViewAsync);
        routes.MapGet("/editor/editions/{id:long}/preview", PreviewAsync).RequireAuthorization(Policies.Editor);
    }

    private static async Task<IResult> ViewAsync(
        string token, HttpContext context, SignedLinks links, SubscriberStore subscribers, Preview preview)
    {
        if (links.Read(LinkPurpose.View, token) is not { EditionId: { } editionId } link)
        {
            throw Refusal.NotFound("This address is not complete, or not from us: open the mail again and follow its link from there.");
        }
        if (link.SubscriberId == 0)
        {
            return await PreviewAsync(editionId, null, context, preview);
        }
        var reader = await subscribers.FindAsync(link.SubscriberId) ?? throw Refusal.NotFound("This mail is not kept any more.");
        return Show(context, await preview.OfReaderAsync(editionId, reader));
    }

    /// <param name="role">A slug or a label; nothing for what most readers get.</param>
    private static async Task<IResult> PreviewAsync(long id, string? role, HttpContext context, Preview preview) =>
        Show(context, await preview.OfRoleAsync(id, string.IsNullOrEmpty(role) ? null : role));

    private static IResult Show(HttpContext context, MimeMessage message)
    {
        using (message)
        {
            context.Response.Headers.ContentSecurityPolicy = ContentPolicy.Mail;
            context.Response.Headers["X-Robots-Tag"] = "noindex";
            return Results.Content(((SplicedMail)message.Body!).HtmlBody, "text/html; charset=utf-8");
        }
    }
}
