using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Newsletter.Editors;

namespace Newsletter.Web.Pages.Editor;

[EnableRateLimiting(RateLimits.SignIn)]
public sealed class SignInModel(SignIn signIn) : PageModel
{
    [BindProperty] public string? Email { get; set; }

    [BindProperty] public string? Password { get; set; }

    public string? Problem { get; private set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(string? returnUrl)
    {
        if (await signIn.TryAsync(Email ?? "", Password ?? "") is { } editor)
        {
            await EditorCookie.SignInAsync(HttpContext, editor);
            return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "~/editor");
        }
        Response.StatusCode = 400;
        Problem = "Address and password do not belong together, or there were too many tries. After ten wrong ones an account rests for 15 minutes.";
        return Page();
    }
}
