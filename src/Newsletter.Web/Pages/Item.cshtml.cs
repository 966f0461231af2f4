using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Web.Pages;

/// <summary>An item with all that it says: what its title links to when the item has no address of its own.</summary>
public sealed class ItemPageModel(ItemStore items, IOptions<SiteOptions> site) : PageModel
{
    public ItemModel Shown { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (await items.FindAsync(id) is not { } item)
        {
            return NotFound();
        }
        Shown = new ItemModel { Item = item.Content, Depth = Depth.Full, PublicPage = site.Value.Root() };
        return Page();
    }
}
