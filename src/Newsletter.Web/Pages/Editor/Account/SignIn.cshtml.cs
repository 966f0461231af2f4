using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Newsletter.Accounts;
using Newsletter.Web.Forms;
using Newsletter.Web.Http;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Pages.Editor.Account;

[EnableRateLimiting(RateLimits.SignIn)]
public sealed class SignInModel(Accounts.SignIn signIn, EditorSessions sessions) : PageModel
{
    [BindProperty] public string? Email { get; set; }

    [BindProperty] public string? Password { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(string? returnUrl)
    {
        if (await signIn.TryAsync(Email ?? "", Password ?? "", ClientNetwork.Of(HttpContext)) is { } editor)
        {
            await EditorCookie.SignInAsync(HttpContext, sessions, editor);
            return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "~/editor");
        }
        this.Refuse(Refusal.Invalid(
            "The address or the password is wrong, or there were too many tries: after ten wrong tries, wait 15 minutes or ask an "
            + "operator for a link."));
        return Page();
    }
}
