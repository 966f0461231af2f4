using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Links;
using Newsletter.Membership;

namespace Newsletter.Web.Pages.Reader;

/// <summary>
/// Confirms a sign-up (double opt-in), or a new subscription after an unsubscribe. GET changes nothing, because mail scanners open links;
/// only POST confirms. The token authorizes the request.
/// </summary>
[IgnoreAntiforgeryToken]
public sealed class ConfirmModel(SignedLinks links, Confirmation confirmation) : PageModel
{
    public ConfirmationState State { get; private set; }

    public string? PreferencesUrl { get; private set; }

    public Task OnGetAsync(string token) => ShowAsync(token, confirmation.LookAsync);

    public Task OnPostAsync(string token) => ShowAsync(token, confirmation.ConfirmAsync);

    private async Task ShowAsync(string token, Func<SignedLink, Task<ConfirmationAnswer>> ask)
    {
        var link = links.Read(LinkPurpose.Confirm, token) ?? links.Read(LinkPurpose.Return, token);
        var answer = link is null ? new(ConfirmationState.Expired, null) : await ask(link);
        State = answer.State;
        PreferencesUrl = answer.Subscriber is null ? null : links.Preferences(answer.Subscriber.Row);
        Response.StatusCode = State == ConfirmationState.Expired ? 404 : 200;
    }
}
