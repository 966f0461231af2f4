using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Archive;
using Newsletter.Items;
using Newsletter.Links;
using Newsletter.Rendering;
using Newsletter.Web.Http;

namespace Newsletter.Web.Pages.Public;

/// <summary>
/// The full text of an item. The item's title links here if the item has no URL of its own. Until the item is sent, only editors
/// see the page; other clients get 404. <see cref="SignedItemModel"/> serves signed links.
/// </summary>
public sealed class ItemPageModel(ItemStore items, ItemPageStore pages, ArchiveStore archive, IOptions<SiteOptions> site) : PageModel
{
    public ItemModel Shown { get; private set; } = null!;

    public bool IsPublic { get; private set; }

    /// <summary>The newest archived edition with this item; null if there is none.</summary>
    public ArchivedEdition? Edition { get; private set; }

    public OpenGraph Graph { get; private set; } = null!;

    public async Task OnGetAsync(long id)
    {
        // Check this before loading the item: the response time must not tell whether a hidden item exists.
        var audience = await pages.AudienceAsync(id);
        if ((audience == ItemAudience.Editors && User.Identity is not { IsAuthenticated: true }) || await items.FindAsync(id) is not { } item)
        {
            throw Refusal.NotFound("There is no such article, or it is not public yet: open the mail again and follow its link from there.");
        }
        var root = site.Value.Root();
        var url = string.Create(CultureInfo.InvariantCulture, $"{root}/items/{id}");
        Shown = new ItemModel { Item = item.Content, Depth = Depth.Full, PublicPage = url };
        Edition = await archive.NewestWithAsync(id);
        Graph = new("article", Shown.Title, PublicPages.Teaser(item.Content.Summary), url, root + "/feeds/all.xml");
        IsPublic = audience == ItemAudience.Everybody;
        if (IsPublic)
        {
            Response.AllowPublicCaching();
        }
    }
}
