using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Web.Forms;

namespace Newsletter.Web.Pages.Editor;

/// <summary>A page on which editors change things: each step by POST, and what came of it is said on the page that follows.</summary>
public abstract class EditorPage : PageModel
{
    /// <summary>What the step before did.</summary>
    [TempData] public string? Done { get; set; }

    /// <summary>For the audit log.</summary>
    protected string Actor => User.Identity!.Name!;

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    /// <summary>Takes a step and goes to a page that may be loaded again; a refusal is shown here, with its status.</summary>
    /// <param name="step">Gives the page to go to and what to say there.</param>
    /// <param name="field">What the step reads, where that is one field.</param>
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
