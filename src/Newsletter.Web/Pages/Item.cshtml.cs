using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Web.Pages;

/// <summary>
/// An item with all that it says: what its title links to when the item has no address of its own. Before it was sent, editors
/// alone see it, and to all others it is not there; see <see cref="SignedItemModel"/> for those who were given a signed address.
/// </summary>
public sealed class ItemPageModel(ItemStore items, ItemPageStore pages, ArchiveStore archive, IOptions<SiteOptions> site) : PageModel
{
    public ItemModel Shown { get; private set; } = null!;

    public bool IsPublic { get; private set; }

    /// <summary>The newest edition of the archive with it; null as long as there is none.</summary>
    public ArchivedEdition? Edition { get; private set; }

    public OpenGraph Graph { get; private set; } = null!;

    public async Task OnGetAsync(long id)
    {
        // First, so that an answer takes no longer for an item that is there.
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
            Response.MayBeKept();
        }
    }
}
