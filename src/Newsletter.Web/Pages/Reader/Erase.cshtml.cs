using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Links;
using Newsletter.Notices;
using Newsletter.Subscribers;

namespace Newsletter.Web.Pages.Reader;

/// <summary>Deletes a reader. The link was in a mail to their address. Mail scanners open links, so only the button deletes.</summary>
[IgnoreAntiforgeryToken]
public sealed class EraseModel(SignedLinks links, NoticeStore notices, Erasure erasure) : PageModel
{
    /// <summary>The actor in the audit log.</summary>
    private const string Actor = "subscriber";

    public bool IsGood { get; private set; }

    public bool IsDone { get; private set; }

    public Task OnGetAsync(string token) => ReadAsync(token);

    public async Task OnPostAsync(string token)
    {
        if (await ReadAsync(token) is { } subscriberId)
        {
            // Erasing the person also deletes the notice and makes the link invalid. If the person is missing here, a second
            // click on the button has just erased them: this is a success, too.
            await erasure.EraseAsync(subscriberId, Actor);
            IsDone = true;
        }
    }

    private async Task<long?> ReadAsync(string token)
    {
        var link = links.Read(LinkPurpose.Erase, token);
        IsGood = link is not null && await notices.IsLinkGoodAsync(link, NoticeKind.Erase);
        Response.StatusCode = IsGood ? 200 : 404;
        return IsGood ? link!.Number : null;
    }
}
