using Microsoft.Extensions.Logging;
using Newsletter.Addresses;
using Newsletter.Mime;
using Newsletter.Smtp;

namespace Newsletter.Alarms;

/// <summary>
/// Delivers alarms to operators: first by the webhook, which works even if the relay is down, then by mail over the connection
/// reserved for single mails. It runs even while sending to readers is blocked: operators must be informed.
/// </summary>
public sealed class AlarmSending(AlarmStore store, AlarmMails mails, AlarmWebhook webhook, SmtpPool pool, ILogger<AlarmSending> log)
{
    private const string Mail = "mail";
    private const string Webhook = "webhook";

    /// <summary>Sends all due messages. A message that cannot be delivered now stays in the database and is retried for a day.</summary>
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
            // The relay is unreachable, or a setting is wrong: the next run tries again.
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
                // Retry although the mail may have been accepted: a duplicate is better than no alarm, and it has the same Message-ID.
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
