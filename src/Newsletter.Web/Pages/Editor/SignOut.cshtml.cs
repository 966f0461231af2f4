using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Accounts;

namespace Newsletter.Web.Pages.Editor;

public sealed class SignOutModel(EditorSessions sessions) : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        await EditorCookie.SignOutAsync(HttpContext, sessions);
        return LocalRedirect("~/editor/sign-in");
    }
}
