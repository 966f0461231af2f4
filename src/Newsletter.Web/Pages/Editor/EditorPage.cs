using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Web.Forms;

namespace Newsletter.Web.Pages.Editor;

/// <summary>A page with forms for editors. A step is a POST that redirects; the next page shows the result.</summary>
public abstract class EditorPage : PageModel
{
    /// <summary>The result of the previous step.</summary>
    [TempData] public string? Done { get; set; }

    /// <summary>The actor in the audit log.</summary>
    protected string Actor => User.Identity!.Name!;

    /// <summary>Loads the data that the page shows.</summary>
    protected abstract Task LoadAsync();

    /// <summary>Runs a step and redirects (POST, redirect, GET). A refusal renders this page with its message and status.</summary>
    /// <param name="step">Returns the URL to redirect to, and the message to show there.</param>
    /// <param name="field">The field that the step reads, if it is a single one.</param>
    protected async Task<IActionResult> StepAsync(Func<Task<(string Url, string Done)>> step, string? field = null)
    {
        try
        {
            (var url, Done) = await step();
            return LocalRedirect(url);
        }
        catch (Refusal refusal)
        {
            this.Refuse(refusal.Kind == RefusalKind.Invalid && field is not null ? refusal.About(field) : refusal);
            await LoadAsync();
            return Page();
        }
    }
}
