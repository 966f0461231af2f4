using Microsoft.Extensions.Logging;
using Newsletter.Deliveries;

namespace Newsletter.Digests;

/// <summary>
/// Sends an edition: claims, marks, sends, records, until nothing is due or the time is up. Any number of processes may
/// do so at once; the rows decide who sends what.
/// </summary>
public sealed class EditionSending(
    EditionStore editions, EditionMails mails, DeliveryStore deliveries, SmtpPool pool, TimeProvider time, ILogger<EditionSending> log)
{
    private const int ClaimSize = 200;

    /// <param name="atMost">After this it returns, with work left perhaps: the next run goes on.</param>
    /// <param name="stop">What is on the wire ends and is recorded; the rest is given back.</param>
    /// <exception cref="Refusal">Unreachable: no connection to the relay; nothing was lost, and the edition says what it waits for.</exception>
    public async Task RunAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        var owner = Guid.NewGuid();
        var edition = await editions.GetAsync(editionId);
        await deliveries.SweepAsync(editionId);
        var mail = await mails.OpenAsync(edition);
        try
        {
            while (!stop.IsCancellationRequested && time.GetElapsedTime(started) < atMost)
            {
                var claimed = await deliveries.ClaimAsync(editionId, owner, ClaimSize, CancellationToken.None);
                if (claimed.Count == 0)
                {
                    await editions.FinishAsync(editionId);
                    return;
                }
                foreach (var batch in claimed.Chunk(pool.Connections))
                {
                    if (stop.IsCancellationRequested || !await SendAsync(editionId, owner, batch, mail))
                    {
                        return;
                    }
                }
            }
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.Unreachable)
        {
            await editions.NoteAsync(editionId, "waits for the SMTP server: " + refusal.Message);
            throw;
        }
        finally
        {
            await deliveries.ReleaseAsync(editionId, owner);
        }
    }

    /// <returns>False when the edition is no longer sending.</returns>
    private async Task<bool> SendAsync(long editionId, Guid owner, long[] batch, EditionMail mail)
    {
        // Connections first: a relay that is down burns no attempt.
        using var lease = await pool.LeaseAsync(batch.Length);
        foreach (var part in batch.Chunk(lease.Connections.Count))
        {
            var attempts = await deliveries.MarkSendingAsync(editionId, owner, part, CancellationToken.None);
            var endings = await Task.WhenAll(attempts.Zip(lease.Connections, (attempt, connection) => SendAsync(mail, attempt, connection)));
            await deliveries.RecordAsync(editionId, owner, attempts.Zip(endings).ToList());
            if (attempts.Count == 0 && (await editions.GetAsync(editionId)).State != EditionState.Sending)
            {
                return false;
            }
        }
        await editions.NoteAsync(editionId, null);
        return true;
    }

    private async Task<DeliveryEnding> SendAsync(EditionMail mail, DeliveryAttempt attempt, SmtpConnection connection)
    {
        try
        {
            using var message = await mail.MessageAsync(attempt.SubscriberId, attempt.Email, attempt.Name, attempt.Composition);
            return await connection.SendAsync(message, CancellationToken.None);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One message that cannot be made must not stop the others.
            log.LogError(failure, "The mail of composition {Composition} could not be made", attempt.Composition);
            return new DeliveryEnding(DeliveryState.Failed, "the mail could not be made: " + failure.Message);
        }
    }
}
