using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Addresses;
using Newsletter.Subscribers;

namespace Newsletter.Web.Pages;

/// <summary>
/// One-click unsubscribing (RFC 8058): a POST from a mail program, without cookie or context, does it at once. Nothing is
/// bound from the body, so whatever is in it, or is not, does no harm; the token comes from the route.
/// </summary>
[IgnoreAntiforgeryToken]
public sealed class UnsubscribeModel(SignedLinks links, Unsubscribing unsubscribing) : PageModel
{
    public bool IsGood { get; private set; }

    public bool IsTest { get; private set; }

    public bool IsDone { get; private set; }

    public string? PreferencesUrl { get; private set; }

    public void OnGet() => Read();

    public async Task OnPostAsync()
    {
        if (Read() is { } subscriberId && !IsTest)
        {
            await unsubscribing.LeaveAsync(subscriberId);
            IsDone = true;
        }
    }

    private long? Read()
    {
        var link = links.Read(LinkPurpose.Unsubscribe, RouteData.Values["token"] as string);
        IsGood = link is not null;
        IsTest = link?.SubscriberId == 0;
        Response.StatusCode = IsGood ? 200 : 404;
        PreferencesUrl = link is null ? null : links.Preferences(link.SubscriberId);
        return link?.SubscriberId;
    }
}
