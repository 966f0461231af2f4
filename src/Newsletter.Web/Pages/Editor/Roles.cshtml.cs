using Microsoft.AspNetCore.Mvc;
using Newsletter.Targeting;

namespace Newsletter.Web.Pages.Editor;

/// <summary>The review queue.</summary>
public sealed class RolesModel(LabelStore labels, TaxonomyStore taxonomies) : EditorPage
{
    private static readonly char[] Dividers = [' ', ',', ';'];

    public IReadOnlyList<UnknownLabel> Unknown { get; private set; } = [];

    public IReadOnlyList<Role> Known { get; private set; } = [];

    public Task OnGetAsync() => LoadAsync();

    /// <param name="label">As the queue shows it.</param>
    /// <param name="roles">One slug or several.</param>
    public Task<IActionResult> OnPostAsync(string? label, string? roles) => StepAsync(async () =>
    {
        var taught = await labels.TeachAsync(label ?? "", (roles ?? "").Split(Dividers, StringSplitOptions.RemoveEmptyEntries), Actor);
        return ("~/editor/roles", $"“{label}” now means {string.Join(" and ", taught.Select(role => role.Name))}.");
    });

    protected override async Task LoadAsync()
    {
        Unknown = await labels.ReviewAsync();
        Known = (await taxonomies.LoadAsync()).Roles;
    }
}
