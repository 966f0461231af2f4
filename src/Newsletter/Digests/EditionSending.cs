using Microsoft.Extensions.Logging;
using MimeKit;
using Newsletter.Deliveries;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>
/// Sends an edition: claims, marks, sends, records, until nothing is due or the time is up. Any number of processes may
/// do so at once; the rows decide who sends what.
/// </summary>
public sealed class EditionSending(
    EditionStore editions, EditionMails mails, DeliveryStore deliveries, SmtpPool pool, TimeProvider time, ILogger<EditionSending> log)
{
    private const int ClaimSize = 200;
    private static readonly TimeSpan RecordPatience = TimeSpan.FromMinutes(10);

    /// <param name="atMost">After this it returns, with work left perhaps: the next run goes on.</param>
    /// <param name="stop">What is on the wire ends and is recorded; the rest is given back.</param>
    /// <exception cref="Refusal">Unreachable: no connection to the relay. Invalid: a setting that mail needs. Nothing was lost, and the edition says what it waits for.</exception>
    public async Task RunAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        var run = new Run(editionId, Guid.NewGuid(), time.GetTimestamp(), atMost, stop);
        await deliveries.SweepAsync();
        EditionMail? mail = null;
        try
        {
            while (!IsOver(run))
            {
                var claimed = await deliveries.ClaimAsync(editionId, run.Owner, ClaimSize, CancellationToken.None);
                if (claimed.Count == 0)
                {
                    await editions.FinishAsync(editionId);
                    return;
                }
                mail ??= await OpenAsync(editionId);
                await mail.PrepareAsync(claimed.Select(c => c.Composition).ToList());
                foreach (var batch in claimed.Select(c => c.SubscriberId).Chunk(pool.Connections))
                {
                    if (IsOver(run) || !await SendAsync(run, batch, mail))
                    {
                        return;
                    }
                }
            }
        }
        catch (Refusal refusal)
        {
            await editions.NoteAsync(editionId, EditionState.Sending, "waits: " + refusal.Message);
            throw;
        }
        finally
        {
            await ReleaseAsync(run);
        }
    }

    private async Task<EditionMail> OpenAsync(long editionId)
    {
        var mail = await mails.OpenAsync(await editions.GetAsync(editionId));
        await pool.CheckAsync(CancellationToken.None);
        await editions.NoteAsync(editionId, EditionState.Sending, null);
        return mail;
    }

    private bool IsOver(Run run) => run.Stop.IsCancellationRequested || time.GetElapsedTime(run.Started) >= run.AtMost;

    /// <returns>False when the edition is no longer sending.</returns>
    /// <exception cref="Refusal">Unreachable: the relay went away; what it had not got is due again.</exception>
    private async Task<bool> SendAsync(Run run, long[] batch, EditionMail mail)
    {
        // Connections first: a relay that is down burns no attempt.
        using var lease = await pool.LeaseAsync(batch.Length, run.Stop);
        foreach (var part in batch.Chunk(lease.Connections.Count))
        {
            var attempts = await deliveries.MarkSendingAsync(run.EditionId, run.Owner, part, CancellationToken.None);
            var endings = await Task.WhenAll(attempts.Zip(lease.Connections, (attempt, connection) => SendAsync(mail, attempt, connection)));
            await RecordAsync(run, attempts.Zip(endings).ToList());
            if (endings.FirstOrDefault(ending => ending.State == DeliveryState.Due) is { } untried)
            {
                throw Refusal.Unreachable(untried.Reply!);
            }
            if (attempts.Count == 0 && (await editions.GetAsync(run.EditionId)).State != EditionState.Sending)
            {
                return false;
            }
        }
        return true;
    }

    private async Task<DeliveryEnding> SendAsync(EditionMail mail, DeliveryAttempt attempt, SmtpConnection connection)
    {
        MimeMessage message;
        try
        {
            message = mail.Message(attempt.SubscriberId, attempt.Email, attempt.Name, attempt.Composition);
        }
        catch (Exception failure)
        {
            // One message that cannot be made must not stop the others. The exception may quote an address: not for the log.
            log.LogError("A mail could not be made: {Kind}", failure.GetType().Name);
            return new DeliveryEnding(DeliveryState.Failed, "the mail could not be made: " + failure.Message);
        }
        using (message)
        {
            return await connection.SendAsync(message, CancellationToken.None);
        }
    }

    /// <summary>What the relay said must not be lost because the database is away for a while.</summary>
    private async Task RecordAsync(Run run, IReadOnlyCollection<(DeliveryAttempt Attempt, DeliveryEnding Ending)> endings)
    {
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                await deliveries.RecordAsync(run.EditionId, run.Owner, endings);
                return;
            }
            catch (NpgsqlException lost) when (lost.IsTransient && time.GetElapsedTime(started) < RecordPatience)
            {
                log.LogWarning("The endings of {Count} deliveries wait for the database: {Reason}", endings.Count, lost.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None);
            }
        }
    }

    private async Task ReleaseAsync(Run run)
    {
        try
        {
            await deliveries.ReleaseAsync(run.EditionId, run.Owner);
        }
        catch (NpgsqlException lost)
        {
            log.LogWarning("Claims are not given back before their lease ends: {Reason}", lost.Message);
        }
    }

    private sealed record Run(long EditionId, Guid Owner, long Started, TimeSpan AtMost, CancellationToken Stop);
}
