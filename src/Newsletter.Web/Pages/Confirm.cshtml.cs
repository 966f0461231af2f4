using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Addresses;
using Newsletter.Subscribers;

namespace Newsletter.Web.Pages;

/// <summary>
/// Double opt-in, and the way back of one who left. Scanners of mail open links, so only the button confirms; the token is
/// the permission.
/// </summary>
[IgnoreAntiforgeryToken]
public sealed class ConfirmModel(SignedLinks links, SubscriberStore subscribers, Confirmation confirmation) : PageModel
{
    public bool IsGood { get; private set; }

    public bool IsGone { get; private set; }

    public string? PreferencesUrl { get; private set; }

    public void OnGet(string token) => Read(token);

    public async Task OnPostAsync(string token)
    {
        if (Read(token) is not { } link)
        {
            return;
        }
        var subscriber = await subscribers.FindAsync(link) is not { Id: var id } ? null
            : link.Purpose == LinkPurpose.Return ? await confirmation.ReturnAsync(id)
            : await confirmation.ConfirmAsync(id);
        IsGone = subscriber is null;
        PreferencesUrl = subscriber is null ? null : links.Preferences(subscriber.Row);
    }

    private SignedLink? Read(string token)
    {
        var link = links.Read(LinkPurpose.Confirm, token) ?? links.Read(LinkPurpose.Return, token);
        IsGood = link is not null;
        Response.StatusCode = IsGood ? 200 : 404;
        return link;
    }
}
