using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Web.Pages;

/// <summary>
/// An item whose page is not public, for whoever was given its address: by a mail of a digest that is kept out of the archive, a
/// test mail or a preview. It is the same page for all of them, and stays when the item becomes public.
/// </summary>
public sealed class SignedItemModel(SignedLinks links, ItemPageStore pages, ItemStore items, IOptions<SiteOptions> site) : PageModel
{
    public ItemModel Shown { get; private set; } = null!;

    public async Task OnGetAsync(string token)
    {
        if (links.Read(LinkPurpose.Item, token) is not { } link || !await pages.IsNamedAsync(link) || await items.FindAsync(link.Row.Id) is not { } item)
        {
            throw Refusal.NotFound("This address is not complete, or not from us: open the mail again and follow its link from there.");
        }
        Shown = new ItemModel { Item = item.Content, Depth = Depth.Full, PublicPage = site.Value.Root() };
        Response.Headers["X-Robots-Tag"] = "noindex";
    }
}
