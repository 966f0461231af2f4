using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Newsletter.Addresses;
using Newsletter.Subscribers;
using Newsletter.Targeting;

namespace Newsletter.Web.Pages;

/// <summary>
/// The response and its time are the same for known and unknown addresses, so nobody can find out who is subscribed. Readers get
/// no cookie, so there is no anti-forgery token either.
/// </summary>
[IgnoreAntiforgeryToken]
[EnableRateLimiting(RateLimits.SignUp)]
public sealed class SubscribeModel(SignUpQueue signUps, TaxonomyStore taxonomies) : PageModel
{
    [BindProperty] public string? Email { get; set; }

    [BindProperty] public string[]? Roles { get; set; }

    [BindProperty] public string? OtherRoles { get; set; }

    /// <summary>See <see cref="RoleFields.Read"/>; the same for <see cref="Meant"/>.</summary>
    [BindProperty] public string?[]? Asked { get; set; }

    [BindProperty] public string?[]? Meant { get; set; }

    [BindProperty] public string? Topics { get; set; }

    /// <summary>People do not see this field; programs fill it in.</summary>
    [BindProperty] public string? Website { get; set; }

    public RoleFields Fields { get; private set; } = new([], [], []);

    public bool IsSent { get; private set; }

    public string? Problem { get; private set; }

    public Task OnGetAsync() => ShowAsync([]);

    public async Task OnPostAsync()
    {
        try
        {
            var roles = RoleFields.Read(Roles, OtherRoles, Asked, Meant);
            var address = EmailAddress.Parse(Email);
            if (string.IsNullOrEmpty(Website))
            {
                // Asked before anything is looked up: it depends on what was typed, not on whose address it is.
                if (RoleFields.QuestionsOn(await taxonomies.ResolverAsync(), roles, Asked) is { Count: > 0 } questions)
                {
                    await ShowAsync(roles, questions);
                    return;
                }

                await signUps.EnqueueAsync(address, roles, PreferencesForm.Entries(Topics));
            }
            IsSent = true;
        }
        catch (Refusal refusal)
        {
            Response.StatusCode = Failures.StatusOf(refusal.Kind);
            Problem = refusal.Message;
            Fields = RoleFields.AsTyped((await taxonomies.LoadAsync()).Roles, Roles, OtherRoles);
        }
    }

    private async Task ShowAsync(string[] chosen, IReadOnlyList<Resolution>? questions = null) =>
        Fields = new((await taxonomies.LoadAsync()).Roles, chosen, questions ?? []);
}
