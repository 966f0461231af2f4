using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Web.Pages;

/// <summary>
/// An item with all that it says: what its title links to when the item has no address of its own. Before it was sent, only
/// those who were given its address look at it, and search engines are told to leave it.
/// </summary>
public sealed class ItemPageModel(ItemStore items, ArchiveStore archive, IOptions<SiteOptions> site) : PageModel
{
    public ItemModel Shown { get; private set; } = null!;

    /// <summary>The newest public edition with it; null as long as there is none.</summary>
    public ArchivedEdition? Edition { get; private set; }

    public OpenGraph Graph { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (await items.FindAsync(id) is not { } item)
        {
            return NotFound();
        }
        var root = site.Value.Root();
        var url = string.Create(CultureInfo.InvariantCulture, $"{root}/items/{id}");
        Shown = new ItemModel { Item = item.Content, Depth = Depth.Full, PublicPage = url };
        Edition = await archive.NewestWithAsync(id);
        Graph = new("article", Shown.Title, PublicPages.Teaser(item.Content.Summary), url, root + "/feeds/all.xml");
        if (Edition is not null)
        {
            Response.MayBeKept();
        }
        return Page();
    }
}
