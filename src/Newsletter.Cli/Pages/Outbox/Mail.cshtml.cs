using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.MailCatcher;
using Newsletter.Subscribers;
using Newsletter.Web.Http;
using Newsletter.Web.SignIn;

namespace Newsletter.Cli.Pages.Outbox;

/// <param name="outbox">Null if a relay is configured: the page then does not exist.</param>
[Authorize(Policies.Outbox)]
public sealed class MailModel(SubscriberStore subscribers, MailFolder? outbox = null) : PageModel
{
    private static readonly string[] Shown = ["From", "Reply-To", "Date", "Message-Id", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"];

    public MailSummary Mail { get; private set; } = null!;

    public IReadOnlyList<(string Name, string Value)> Headers { get; private set; } = [];

    public bool HasHtml { get; private set; }

    public string? Text { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (outbox is null || await outbox.OpenAsync(id) is not { } caught)
        {
            return NotFound();
        }
        Mail = await MailSummary.OfAsync(caught, subscribers);
        Headers = Mail.Message is { } message
            ? Shown.Where(message.Headers.Contains).Select(name => (name, message.Headers[name]!)).ToList()
            : [];
        HasHtml = Mail.Message?.HtmlBody is not null;
        Text = Mail.Message?.TextBody;
        Response.Headers.ContentSecurityPolicy = ContentPolicy.PageWithFrame;
        return Page();
    }
}
