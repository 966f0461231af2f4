using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Web.Http;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Pages.Editor.Account;

/// <summary>Editors change their own password here, and end all their sessions.</summary>
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class AccountModel(PasswordChange password, EditorSessions sessions, EditorStore editors) : EditorPage
{
    public void OnGet()
    {
    }

    public Task<IActionResult> OnPostPasswordAsync(string? old, string? @new) => StepAsync(async () =>
    {
        var editor = await password.ChangeAsync(Actor, old ?? "", @new ?? "", ClientNetwork.Of(HttpContext));
        await EditorCookie.SignInAsync(HttpContext, sessions, editor);
        return ("~/editor/account", "Your password is changed. You are signed out everywhere else.");
    });

    public async Task<IActionResult> OnPostSignOutAsync()
    {
        if (await editors.FindAsync(EmailAddress.Parse(Actor)) is { } editor)
        {
            await sessions.EndAllAsync(editor);
        }
        await EditorCookie.SignOutAsync(HttpContext, sessions);
        return LocalRedirect("~/editor/sign-in");
    }

    protected override Task LoadAsync() => Task.CompletedTask;
}
