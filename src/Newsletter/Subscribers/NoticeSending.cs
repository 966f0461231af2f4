using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Deliveries;
using Newsletter.Rendering;

namespace Newsletter.Subscribers;

/// <summary>Sends the notices that are due: confirm your address, your preferences link.</summary>
public sealed class NoticeSending(
    NoticeStore store, Notices notices, SignedLinks links, SmtpPool pool,
    IOptions<SenderOptions> sender, IOptions<SiteOptions> site, TimeProvider time, ILogger<NoticeSending> log)
{
    private const int BatchSize = 50;

    /// <summary>Until none is due. A relay that cannot be reached leaves them due again later.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && await store.ClaimAsync(BatchSize) is { Count: > 0 } claimed)
        {
            foreach (var notice in claimed)
            {
                await SendAsync(notice);
            }
        }
    }

    private async Task SendAsync(Notice notice)
    {
        try
        {
            using var message = await MessageAsync(notice);
            using var lease = await pool.LeaseAsync();
            var ending = await lease.Connection.SendAsync(message, CancellationToken.None);
            await (ending.State switch
            {
                DeliveryState.Sent => store.SentAsync(notice),
                DeliveryState.Failed => store.FailedAsync(notice, ending.Reply ?? ""),
                DeliveryState.Due => store.UntriedAsync(notice, ending.Reply ?? ""),
                _ => store.AgainAsync(notice, ending.Reply ?? ""),
            });
        }
        catch (Refusal refusal)
        {
            log.LogWarning("Notice {Notice} was not sent: {Kind}", notice.Id, refusal.Kind);
            await store.UntriedAsync(notice, refusal.Message);
        }
    }

    private async Task<MimeMessage> MessageAsync(Notice notice)
    {
        var (template, url, subject) = notice.Kind == "confirm"
            ? (Rendering.Notice.ConfirmSubscription, links.Confirm(notice.SubscriberId), $"Please confirm: {sender.Value.Name}")
            : (Rendering.Notice.PreferencesLink, links.Preferences(notice.SubscriberId), $"Your preferences: {sender.Value.Name}");
        return await notices.MessageAsync(
            template,
            new NoticeModel { Name = sender.Value.Name, Url = url, PublicUrl = site.Value.Root(), PostalAddress = sender.Value.PostalAddress },
            new MailHead
            {
                Sender = sender.Value.Checked(),
                To = notice.Email,
                Subject = subject,
                Date = time.GetUtcNow(),
                MessageId = string.Create(CultureInfo.InvariantCulture, $"n{notice.Id}.{notice.SubscriberId}@{sender.Value.Domain}"),
            });
    }
}
