using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Items;

namespace Newsletter.Web.Pages.Editor.Items;

public sealed class ItemsModel(ItemStore store) : PageModel
{
    private const int Most = 200;

    public IReadOnlyList<Item> Items { get; private set; } = [];

    public async Task OnGetAsync() => Items = await store.ListAsync(archived: false, Most);
}
