using Newsletter.Addresses;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Restores;
using Newsletter.Sending;
using Newsletter.Smtp;

namespace Newsletter.Newsroom;

/// <summary>Sends an edition's most common mail to a few addresses, with a marked subject and an inert unsubscribe link.</summary>
public sealed class TestSending(EditionStore editions, CompositionStore compositions, EditionMailFactory mails, SmtpPool pool, SendingGuard guard)
{
    private const int MostAddresses = 5;

    /// <exception cref="Refusal">Invalid: no address, more than five, or the relay refused one. Conflict: the edition has no mail to send.</exception>
    public async Task SendAsync(long editionId, IReadOnlyList<string> addresses)
    {
        if (addresses.Count is 0 or > MostAddresses)
        {
            throw Refusal.Invalid($"A test goes to 1 to {MostAddresses} addresses.");
        }
        var recipients = addresses.Select(EmailAddress.Parse).ToList();
        var edition = await editions.GetAsync(editionId);
        var composition = await compositions.CommonestAsync(editionId)
            ?? throw Refusal.Conflict($"Edition {editionId} has no mail to test: no item fits any reader.");
        var mail = await mails.OpenAsync(edition, isTest: true);
        await mail.PrepareAsync([composition]);
        if (!await guard.MaySendAsync() || !await guard.BeginAsync())
        {
            throw Refusal.Conflict(SendingGuard.Restored);
        }
        using var lease = await pool.LeaseAsync();
        foreach (var recipient in recipients)
        {
            var message = mail.Message(MailRecipient.Nobody(recipient.Value), composition);
            var outcome = await lease.Connection.SendAsync(message, CancellationToken.None);
            if (outcome.Kind != SmtpOutcomeKind.Accepted)
            {
                throw outcome.Kind == SmtpOutcomeKind.NotTried
                    ? Refusal.Unreachable(outcome.Text)
                    : Refusal.Invalid($"The SMTP server did not accept the test mail to {recipient.Readable}: {outcome.Text}.");
            }
        }
    }
}
