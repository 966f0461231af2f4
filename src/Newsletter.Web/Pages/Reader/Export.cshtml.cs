using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Links;
using Newsletter.Notices;
using Newsletter.Subscribers;

namespace Newsletter.Web.Pages.Reader;

/// <summary>All data about a reader. The link was in a mail to their address and works once. Mail scanners open links, so only the button uses it.</summary>
[IgnoreAntiforgeryToken]
public sealed class ExportModel(SignedLinks links, NoticeStore notices, PersonalDataStore data) : PageModel
{
    public bool IsGood { get; private set; }

    public async Task OnGetAsync(string token)
    {
        IsGood = links.Read(LinkPurpose.Export, token) is { } link && await notices.IsLinkGoodAsync(link, NoticeKind.Export);
        Response.StatusCode = IsGood ? 200 : 404;
    }

    public async Task<IActionResult> OnPostAsync(string token)
    {
        if (links.Read(LinkPurpose.Export, token) is { } link
            && await notices.UseLinkAsync(link, NoticeKind.Export)
            && await data.ReadAsync(link.Number) is { } json)
        {
            return File(Encoding.UTF8.GetBytes(json), "application/json", "newsletter-data.json");
        }
        Response.StatusCode = 404;
        return Page();
    }
}
