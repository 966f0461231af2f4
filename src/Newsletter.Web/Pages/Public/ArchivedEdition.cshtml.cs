using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Archive;
using Newsletter.Items;
using Newsletter.Links;
using Newsletter.Rendering;
using Newsletter.Roles;
using Newsletter.Web.Forms;
using Newsletter.Web.Http;

namespace Newsletter.Web.Pages.Public;

/// <summary>A sent edition: all its items as they were sent, without data about readers.</summary>
public sealed class ArchivedEditionModel(ArchiveStore archive, TaxonomyStore taxonomies, IOptions<SiteOptions> site) : PageModel
{
    public ArchivedEdition Edition { get; private set; } = null!;

    public IReadOnlyList<(long Id, ItemModel Shown)> Items { get; private set; } = [];

    public Role? Role { get; private set; }

    public RoleChoice Choice { get; private set; } = null!;

    public OpenGraph Graph { get; private set; } = null!;

    public string Heading => $"{Edition.DigestName}, {Edition.Day()}";

    /// <param name="role">A slug; empty for all roles.</param>
    public async Task OnGetAsync(long id, string? role)
    {
        var taxonomy = await taxonomies.LoadAsync();
        Edition = await archive.FindAsync(id) ?? throw Refusal.NotFound("There is no such edition in the archive.");
        Role = string.IsNullOrEmpty(role) ? null : taxonomy.Find(role) ?? throw Refusal.NotFound("There is no such role.");
        var root = site.Value.Root();
        Items = (await archive.ItemsAsync(id, Role is null ? null : taxonomy.Fitting(Role)))
            .Select(item => (item.Id, new ItemModel { Item = item.Content, Depth = Depth.Brief, PublicPage = root }))
            .ToList();
        var path = string.Create(CultureInfo.InvariantCulture, $"/archive/{id}");
        Choice = new(path, RoleChoice.Offered(taxonomy, await archive.RolesAsync(id), Role), Role, [], null);
        Graph = new(
            "article", Heading, PublicPages.Teaser(string.Join(" · ", Items.Select(item => item.Shown.Title))), root + path,
            $"{root}/feeds/{Role?.Slug ?? "all"}.xml");
        Response.AllowPublicCaching();
    }
}
