using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Archive;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Links;
using Newsletter.Newsroom;
using Newsletter.Subscribers;
using Newsletter.Web.Pages.Shared;

namespace Newsletter.Web.Pages.Reader;

/// <summary>The web view of a mail as its reader got it, and the reasons for its items below.</summary>
public sealed class MailModel(
    SignedLinks links, SubscriberStore subscribers, EditionStore editions, ItemPageStore pages, Preview preview, Explaining explaining) : PageModel
{
    public const int WithheldShown = 50;

    private IReadOnlyDictionary<long, ReadableItem> readable = new Dictionary<long, ReadableItem>();

    public Explanation Why { get; private set; } = null!;

    /// <summary>The mail's page up to the end of its body, and the rest. Both are HTML of the mail's own templates.</summary>
    public (string Before, string After) Mail { get; private set; }

    /// <summary>Null if it was sent.</summary>
    public string? NotSent => Why.State switch
    {
        DeliveryState.Sent => null,
        DeliveryState.Skipped => $"This mail was not sent: {Why.Note}.",
        DeliveryState.Failed => "This mail could not be delivered.",
        DeliveryState.Uncertain => "We do not know whether this mail arrived: its sending was interrupted.",
        _ => "This mail is not sent yet.",
    };

    /// <summary>Articles that fit this reader and were left out.</summary>
    public IReadOnlyList<WithheldItem> LeftOut { get; private set; } = [];

    /// <summary>The URL of an item's page; null if this reader may not see it.</summary>
    public string? PageOf(WithheldItem item) => !readable.TryGetValue(item.Id, out var found) ? null
        : found.IsPublic ? Url.Page("/Public/Item", new { id = item.Id })
        : links.Item(found.Row);

    public static string Shown(Depth depth) => depth switch
    {
        Depth.Brief => "Shown in brief: the summary and the key takeaway.",
        Depth.Standard => "Shown with its insights and what to do with them.",
        _ => "Shown in full.",
    };

    public async Task<IActionResult> OnGetAsync(string token)
    {
        if (links.Read(LinkPurpose.View, token) is not { } link)
        {
            throw Refusal.NotFound("This link is incomplete or not valid: open the mail again and follow its link from there.");
        }
        var edition = await editions.FindAsync(link.Number);
        if (edition is null || !link.Shows(edition.Row, edition.HasOldLinks))
        {
            throw Refusal.NotFound("This mail is no longer available.");
        }
        if (link.IsTest)
        {
            return Content(MailPage.Html(HttpContext, (await preview.OfRoleAsync(edition.Id, null)).Mail), MailPage.ContentType);
        }
        var reader = await subscribers.FindAsync(link) ?? throw Refusal.NotFound("This mail is no longer available.");
        Why = await explaining.WhyAsync(edition, reader);
        if (Why.Items.Count == 0)
        {
            throw Refusal.NotFound($"This edition had no mail for you: {Why.Note}.");
        }
        LeftOut = [.. Why.Withheld.Where(item => item.FitsButLeftOut)];
        readable = (await pages.ReadableAsync(edition.Id, [.. LeftOut.Take(WithheldShown).Select(item => item.Id)]))
            .ToDictionary(item => item.Id);
        var (head, body, end) = MailPage.Split(HttpContext, await preview.OfReaderAsync(edition.Id, reader));
        Mail = (head + body, end);
        return Page();
    }
}
