using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Accounts;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Pages.Editor.Account;

public sealed class SignOutModel(EditorSessions sessions) : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        await EditorCookie.SignOutAsync(HttpContext, sessions);
        return LocalRedirect("~/editor/sign-in");
    }
}
