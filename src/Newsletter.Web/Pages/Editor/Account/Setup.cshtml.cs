using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Accounts;
using Newsletter.Web.Forms;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Pages.Editor.Account;

/// <summary>It has no rate limit: links cannot be guessed, and editors need them when the sign-in is rate-limited.</summary>
public sealed class SetupModel(SetupLinks setup, EditorSessions sessions) : PageModel
{
    [BindProperty] public string? Email { get; set; }

    [BindProperty] public string? Password { get; set; }

    /// <summary>Null if the link was used, expired or never existed.</summary>
    public SetupLink? Link { get; private set; }

    public Task OnGetAsync(string token) => FindAsync(token);

    public async Task<IActionResult> OnPostAsync(string token)
    {
        try
        {
            await EditorCookie.SignInAsync(HttpContext, sessions, await setup.UseAsync(token, Email, Password ?? ""));
            return LocalRedirect("~/editor");
        }
        catch (Refusal refusal)
        {
            this.Refuse(refusal);
            await FindAsync(token);
            return Page();
        }
    }

    private async Task FindAsync(string token)
    {
        Link = await setup.FindAsync(token);
        if (Link is null or { IsDisabled: true })
        {
            Response.StatusCode = Link is null ? 404 : 403;
        }
    }
}
