using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Newsletter.Archive;
using Newsletter.Links;
using Newsletter.Roles;
using Newsletter.Web.Forms;
using Newsletter.Web.Http;

namespace Newsletter.Web.Pages.Public;

/// <summary>The sent editions: of all digests or one, for all roles or one.</summary>
public sealed class ArchiveModel(ArchiveStore archive, TaxonomyStore taxonomies, IOptions<SiteOptions> site) : PageModel
{
    private const int PageSize = 20;
    private const int LastPage = 10_000;

    public IReadOnlyList<ArchivedEdition> Editions { get; private set; } = [];

    public bool HasMore { get; private set; }

    /// <summary>From 1.</summary>
    public int Number { get; private set; }

    public Role? Role { get; private set; }

    public string? Digest { get; private set; }

    public string Heading { get; private set; } = "";

    public RoleChoice Choice { get; private set; } = null!;

    public OpenGraph Graph { get; private set; } = null!;

    public string RoleQuery => Role is null ? "" : "?role=" + Role.Slug;

    /// <param name="role">A slug; empty for all roles.</param>
    /// <param name="digest">A slug; empty for all digests.</param>
    /// <param name="number">From 1.</param>
    public async Task OnGetAsync(string? role, string? digest, [FromQuery(Name = "page")] int number = 1)
    {
        var taxonomy = await taxonomies.LoadAsync();
        Role = string.IsNullOrEmpty(role) ? null : taxonomy.Find(role) ?? throw Refusal.NotFound("There is no such role.");
        var digests = await archive.DigestsAsync();
        var picked = string.IsNullOrEmpty(digest) ? null
            : digests.FirstOrDefault(d => d.Slug == digest) ?? throw Refusal.NotFound("There is no such newsletter in the archive.");
        (Digest, Number) = (picked?.Slug, Math.Clamp(number, 1, LastPage));
        var found = await archive.ListAsync(Digest, Role is null ? null : taxonomy.Fitting(Role), (Number - 1) * PageSize, PageSize + 1);
        (Editions, HasMore) = ([.. found.Take(PageSize)], found.Count > PageSize);
        Heading = $"{picked?.Name ?? "Archive"}{(Role is null ? "" : $" for {Role.Name}")}";
        Choice = new("/archive", RoleChoice.Offered(taxonomy, await archive.RolesAsync(), Role), Role, digests, Digest);
        var root = site.Value.Root();
        Graph = new("website", Heading, "What was sent, newest first.", root + PathOf(Number), $"{root}/feeds/{Role?.Slug ?? "all"}.xml");
        Response.AllowPublicCaching();
    }

    /// <summary>The URL of another page of the same list.</summary>
    public string PageUrl(int number) => Request.PathBase + PathOf(number);

    private string PathOf(int number)
    {
        var words = new List<string>();
        if (Digest is not null)
        {
            words.Add("digest=" + Digest);
        }
        if (Role is not null)
        {
            words.Add("role=" + Role.Slug);
        }
        if (number > 1)
        {
            words.Add("page=" + number.ToString(CultureInfo.InvariantCulture));
        }
        return "/archive" + (words.Count == 0 ? "" : "?" + string.Join('&', words));
    }
}
