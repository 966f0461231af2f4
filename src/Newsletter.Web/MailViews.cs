using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newsletter.Addresses;
using Newsletter.Digests;
using Newsletter.Rendering;
using Newsletter.Subscribers;

namespace Newsletter.Web;

/// <summary>Mails as pages: as a reader got it, and as an editor looks at it before.</summary>
internal static class MailViews
{
    private const string Nobody = "reader@example.com";

    public static void MapMailViews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/view/{token}", ViewAsync);
        routes.MapGet("/editor/editions/{id:long}/preview", PreviewAsync).RequireAuthorization(Policies.Editor);
    }

    private static async Task<IResult> ViewAsync(
        string token, HttpContext context, SignedLinks links, SubscriberStore subscribers, EditionStore editions, EditionMails mails)
    {
        if (links.Read(LinkPurpose.View, token) is not { EditionId: { } editionId } link)
        {
            throw Refusal.NotFound("This address is not complete, or not from us: open the mail again and follow its link from there.");
        }
        if (link.SubscriberId == 0)
        {
            return await PreviewAsync(editionId, null, context, editions, mails);
        }
        var subscriber = await subscribers.FindAsync(link.SubscriberId);
        var composition = (await editions.DeliveryOfAsync(editionId, link.SubscriberId))?.Composition;
        return subscriber is null || composition is null
            ? throw Refusal.NotFound("This mail is not kept any more.")
            : await ShowAsync(context, await mails.OpenAsync(await editions.GetAsync(editionId)), subscriber.Id, subscriber.Email, subscriber.Preferences.Name, composition.Value);
    }

    /// <param name="role">A role's name; null for what most readers get.</param>
    private static async Task<IResult> PreviewAsync(long id, string? role, HttpContext context, EditionStore editions, EditionMails mails)
    {
        var edition = await editions.GetAsync(id);
        var composition = (string.IsNullOrEmpty(role) ? await editions.CommonestCompositionAsync(id) : await editions.CompositionForAsync(id, [role]))
            ?? throw Refusal.NotFound("Nobody gets such a mail from this edition.");
        return await ShowAsync(context, await mails.OpenAsync(edition, isTest: true), 0, Nobody, null, composition);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, EditionMail mail, long subscriberId, string email, string? name, int composition)
    {
        using var message = await mail.MessageAsync(subscriberId, email, name, composition);
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy.Mail;
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        return Results.Content(((SplicedMail)message.Body!).HtmlBody, "text/html; charset=utf-8");
    }
}
