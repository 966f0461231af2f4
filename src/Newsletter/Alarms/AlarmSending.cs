using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Deliveries;
using Newsletter.Mime;
using Newsletter.Smtp;

namespace Newsletter.Alarms;

/// <summary>
/// Tells operators what was raised: the webhook first, which works also when the relay does not; then by mail, over the
/// connection that is kept for single mails. Not held by what holds mail to readers: operators must know.
/// </summary>
public sealed class AlarmSending(AlarmStore store, AlarmMails mails, AlarmWebhook webhook, SmtpPool pool, ILogger<AlarmSending> log)
{
    private const string Mail = "mail";
    private const string Webhook = "webhook";

    /// <summary>Until nothing is due. What cannot be delivered now waits as a row, for a day.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (await store.ExpireAsync() is > 0 and var expired)
        {
            AlarmLog.AlarmsExpired(log, expired);
        }
        while (!stop.IsCancellationRequested && await store.ClaimAsync(toWebhook: true) is { } message)
        {
            await PostAsync(message, stop);
        }
        if (!stop.IsCancellationRequested && await store.IsAnyDueAsync(toWebhook: false))
        {
            await MailAsync(stop);
        }
    }

    private async Task PostAsync(AlarmMessage message, CancellationToken stop)
    {
        switch (await webhook.PostAsync(message, stop))
        {
            case null:
                await store.SentAsync(message);
                break;
            case (var reason, true):
                AlarmLog.AlarmWaits(log, message.AlarmId, Webhook, reason);
                await store.AgainAsync(message, reason);
                break;
            case (var reason, false):
                AlarmLog.AlarmUndeliverable(log, message.AlarmId, Webhook, reason);
                await store.FailedAsync(message, reason);
                break;
        }
    }

    private async Task MailAsync(CancellationToken stop)
    {
        SmtpLease lease;
        try
        {
            mails.Check();
            lease = await pool.LeaseAsync(stop);
        }
        catch (Refusal)
        {
            // A relay that is away, or a setting that is to be mended: the next run tries again.
            return;
        }
        using (lease)
        {
            while (!stop.IsCancellationRequested && await store.ClaimAsync(toWebhook: false) is { } message)
            {
                await MailAsync(message, lease.Connection);
            }
        }
    }

    private async Task MailAsync(AlarmMessage message, SmtpConnection connection)
    {
        if (message.Email is null)
        {
            await store.FailedAsync(message, "not an operator any more, or the address is suppressed");
            return;
        }
        SmtpOutcome outcome;
        try
        {
            using var mail = mails.Message(message, message.Email);
            outcome = await connection.SendAsync(WireMail.Of(mail), CancellationToken.None);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await FailAsync(message, failure.Message);
            return;
        }
        switch (outcome.Kind)
        {
            case SmtpOutcomeKind.Accepted:
                await store.SentAsync(message);
                break;
            case SmtpOutcomeKind.Refused:
                await FailAsync(message, outcome.Text);
                break;
            default:
                // Twice is better than not at all, and its Message-ID stays.
                AlarmLog.AlarmWaits(log, message.AlarmId, Mail, Redaction.Of(outcome.Text));
                await store.AgainAsync(message, outcome.Text);
                break;
        }
    }

    private async Task FailAsync(AlarmMessage message, string reason)
    {
        AlarmLog.AlarmUndeliverable(log, message.AlarmId, Mail, Redaction.Of(reason));
        await store.FailedAsync(message, reason);
    }
}
