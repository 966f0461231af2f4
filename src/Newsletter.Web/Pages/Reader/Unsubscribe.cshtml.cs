using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Subscribers;

namespace Newsletter.Web.Pages.Reader;

/// <summary>
/// One-click unsubscribing (RFC 8058): a POST from a mail program, without cookies, unsubscribes at once. Nothing is bound from the
/// body, so its content does not matter; the token comes from the route.
/// </summary>
[IgnoreAntiforgeryToken]
public sealed class UnsubscribeModel(SignedLinks links, SubscriberStore subscribers, Unsubscribing unsubscribing) : PageModel
{
    public bool IsGood { get; private set; }

    public bool IsTest { get; private set; }

    /// <summary>The link is valid, but its reader was deleted.</summary>
    public bool IsGone { get; private set; }

    public bool IsDone { get; private set; }

    public string? PreferencesUrl { get; private set; }

    public Task OnGetAsync() => ReadAsync();

    public async Task OnPostAsync()
    {
        if (await ReadAsync() is { } subscriber)
        {
            await unsubscribing.LeaveAsync(subscriber.Id);
            IsDone = true;
        }
    }

    /// <returns>Null if the link is not valid or its reader was deleted.</returns>
    private async Task<Subscriber?> ReadAsync()
    {
        var link = links.Read(LinkPurpose.Unsubscribe, RouteData.Values["token"] as string);
        IsGood = link is not null;
        IsTest = link is { IsTest: true };
        Response.StatusCode = IsGood ? 200 : 404;
        var subscriber = link is null || IsTest ? null : await subscribers.FindAsync(link);
        IsGone = IsGood && !IsTest && subscriber is null;
        PreferencesUrl = subscriber is null ? null : links.Preferences(subscriber.Row);
        return subscriber;
    }
}
