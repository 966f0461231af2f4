using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Archive;
using Newsletter.Items;
using Newsletter.Links;
using Newsletter.Rendering;

namespace Newsletter.Web.Pages.Public;

/// <summary>
/// The page of an item that is not public, for people with its signed link. The link is in mails of a digest that is not in the
/// archive, in test mails and in previews. It is the same link for all of them, and it stays valid when the item becomes public.
/// </summary>
public sealed class SignedItemModel(SignedLinks links, ItemPageStore pages, ItemStore items, IOptions<SiteOptions> site) : PageModel
{
    public ItemModel Shown { get; private set; } = null!;

    public async Task OnGetAsync(string token)
    {
        if (links.Read(LinkPurpose.Item, token) is not { } link
            || !await pages.IsNamedAsync(link)
            || await items.FindAsync(link.Row.Id) is not { } item)
        {
            throw Refusal.NotFound("This link is incomplete or not valid: open the mail again and follow its link from there.");
        }
        Shown = new ItemModel { Item = item.Content, Depth = Depth.Full, PublicPage = site.Value.Root() };
        Response.Headers["X-Robots-Tag"] = "noindex";
    }
}
