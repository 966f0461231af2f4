using Microsoft.Extensions.Logging;
using MimeKit;
using Newsletter.Deliveries;

namespace Newsletter.Subscribers;

/// <summary>Sends the notices that are due, as many at once as there are connections.</summary>
public sealed class NoticeSending(NoticeStore store, NoticeMails mails, SmtpPool pool, TimeProvider time, ILogger<NoticeSending> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private DateTimeOffset notBefore;

    /// <summary>Until none is due. A relay that cannot be reached leaves them due, and is left alone for a minute.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && time.GetUtcNow() >= notBefore && await store.IsAnyDueAsync() && await SendSomeAsync(stop))
        {
        }
    }

    /// <returns>False when there was nothing to send, or no way to.</returns>
    private async Task<bool> SendSomeAsync(CancellationToken stop)
    {
        try
        {
            // Connections first: what is claimed is on the wire at once, and a crash leaves no more than that in doubt.
            var leases = await pool.LeaseFreeAsync(stop);
            try
            {
                var claimed = await store.ClaimAsync(leases.Count);
                await Task.WhenAll(claimed.Zip(leases, (notice, lease) => SendAsync(notice, lease.Connection)));
                return claimed.Count > 0;
            }
            finally
            {
                foreach (var lease in leases)
                {
                    lease.Dispose();
                }
            }
        }
        catch (Refusal refusal)
        {
            // Each minute; that the relay is away is said once, by its own line.
            log.LogDebug("Notices wait: {Reason}", refusal.Message);
            notBefore = time.GetUtcNow() + Pause;
            return false;
        }
    }

    private async Task SendAsync(Notice notice, SmtpConnection connection)
    {
        MimeMessage message;
        try
        {
            message = await mails.MessageAsync(notice);
        }
        catch (Refusal refusal)
        {
            log.LogWarning("Notice {Notice} was not sent: {Kind}", notice.Id, refusal.Kind);
            await store.UntriedAsync(notice, refusal.Message);
            return;
        }
        using (message)
        {
            var ending = await connection.SendAsync(message, CancellationToken.None);
            await (ending.State switch
            {
                DeliveryState.Sent => store.SentAsync(notice),
                DeliveryState.Failed => store.FailedAsync(notice, ending.Reply ?? ""),
                DeliveryState.Due => store.UntriedAsync(notice, ending.Reply ?? ""),
                DeliveryState.Uncertain => store.UncertainAsync(notice, ending.Reply ?? ""),
                _ => store.AgainAsync(notice, ending.Reply ?? ""),
            });
        }
    }
}
