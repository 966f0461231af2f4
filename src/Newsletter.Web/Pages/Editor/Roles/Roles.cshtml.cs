using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Newsletter.Roles;

namespace Newsletter.Web.Pages.Editor.Roles;

/// <summary>The review queue, and the taxonomy as a file.</summary>
[RequestSizeLimit(LargestBody)]
public sealed class RolesModel(LabelStore labels, TaxonomyStore taxonomies, TaxonomyImport import) : EditorPage
{
    /// <summary>Size limit of a request, in bytes.</summary>
    internal const int LargestBody = TaxonomyFile.MaxSize + FormAround;

    private const int MostShown = 100;

    /// <summary>Size of the other form fields, in bytes: a file that is slightly too large gets our own message.</summary>
    private const int FormAround = 64 * 1024;

    private static readonly char[] Dividers = [' ', ',', ';'];

    /// <summary>The label that the previous step taught, so that one click can undo it.</summary>
    [TempData] public string? Taught { get; set; }

    public ReviewQueue Queue { get; private set; } = new(0, []);

    public IReadOnlyList<Role> Known { get; private set; } = [];

    public Task OnGetAsync() => LoadAsync();

    /// <param name="label">As shown in the queue.</param>
    /// <param name="roles">One slug or several.</param>
    public Task<IActionResult> OnPostAsync(string? label, string? roles) => StepAsync(async () =>
    {
        var taught = await labels.TeachAsync(label ?? "", (roles ?? "").Split(Dividers, StringSplitOptions.RemoveEmptyEntries), Actor);
        Taught = label;
        return ("~/editor/roles", $"“{label}” now means {string.Join(" and ", taught.Select(role => role.Name))}.");
    });

    public Task<IActionResult> OnPostUnteachAsync(string? label) => StepAsync(async () =>
    {
        await labels.UnteachAsync(label ?? "", Actor);
        return ("~/editor/roles", $"“{label}” has its previous meaning again.");
    }, "untaught");

    public async Task<IActionResult> OnGetExportAsync() =>
        File(Encoding.UTF8.GetBytes((await taxonomies.ExportAsync(HttpContext.RequestAborted)).ToJson()), "application/json", "taxonomy.json");

    public Task<IActionResult> OnPostImportAsync(IFormFile? file) => StepAsync(async () =>
    {
        await using var stream = file?.OpenReadStream() ?? throw Refusal.Invalid("Choose a taxonomy file first.");
        var change = await import.RunAsync(await TaxonomyFile.ReadAsync(stream, HttpContext.RequestAborted), Actor, HttpContext.RequestAborted);
        return ("~/editor/roles", change.Sentence + ".");
    });

    protected override async Task LoadAsync()
    {
        Queue = await labels.ReviewAsync(MostShown, HttpContext.RequestAborted);
        Known = (await taxonomies.LoadAsync()).Roles;
    }
}
