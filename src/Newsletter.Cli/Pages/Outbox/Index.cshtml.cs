using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.MailCatcher;
using Newsletter.Subscribers;
using Newsletter.Web.SignIn;

namespace Newsletter.Cli.Pages.Outbox;

/// <param name="outbox">Null if a relay is configured: the page then does not exist.</param>
[Authorize(Policies.Outbox)]
public sealed class IndexModel(SubscriberStore subscribers, MailFolder? outbox = null) : PageModel
{
    private const int PageSize = 100;
    private const int MostPages = 1_000_000;

    public int Number { get; private set; }

    public int Count { get; private set; }

    public bool HasOlder => Count > Number * PageSize;

    public IReadOnlyList<MailSummary> Mails { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "page")] int number = 1)
    {
        if (outbox is null)
        {
            return NotFound();
        }
        Number = Math.Clamp(number, 1, MostPages);
        Count = outbox.Count();
        var mails = new List<MailSummary>();
        foreach (var mail in await outbox.ListAsync((Number - 1) * PageSize, PageSize))
        {
            mails.Add(await MailSummary.OfAsync(mail, subscribers));
        }
        Mails = mails;
        return Page();
    }
}
