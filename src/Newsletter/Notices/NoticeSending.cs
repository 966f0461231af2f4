using Microsoft.Extensions.Logging;
using Newsletter.Mime;
using Newsletter.Restores;
using Newsletter.Smtp;
using Npgsql;

namespace Newsletter.Notices;

/// <summary>
/// Sends the notices that are due, as many concurrently as there are connections. A notice whose mail cannot be built fails. A problem of the
/// installation fails none of them: all wait.
/// </summary>
public sealed class NoticeSending(NoticeStore store, NoticeMails mails, SmtpPool pool, SendingGuard guard, TimeProvider time, ILogger<NoticeSending> log)
{
    /// <summary>After this many mails in a row that cannot be built, the connection is released: an edition may wait for it.</summary>
    private const int MaxUnmadeInARow = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private DateTimeOffset retryAt;

    /// <summary>The last logged reason, so that it is logged only once; null when nothing waits.</summary>
    private string? loggedReason;

    /// <summary>Runs until no notice is due. If the relay cannot be reached, the notices stay due and the next attempt is a minute later.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (time.GetUtcNow() < retryAt || !await store.IsAnyDueAsync() || !await guard.MaySendAsync())
        {
            return;
        }
        var unmade = new UnmadeMails();
        try
        {
            while (!stop.IsCancellationRequested && time.GetUtcNow() >= retryAt && await store.IsAnyDueAsync() && await SendSomeAsync(unmade, stop))
            {
            }
        }
        finally
        {
            if (unmade.Count > 0)
            {
                log.LogError("{Count} notices failed because their mails cannot be built: {Kinds}", unmade.Count, unmade);
            }
        }
    }

    /// <returns>False when there was nothing to send, or sending was not possible.</returns>
    private async Task<bool> SendSomeAsync(UnmadeMails unmade, CancellationToken stop)
    {
        try
        {
            await mails.CheckAsync();
            // Lease connections before claiming: a claimed notice is then sent at once, and a crash leaves only these notices uncertain.
            var leases = await pool.LeaseFreeAsync(stop);
            loggedReason = null;
            try
            {
                if (!await guard.BeginAsync())
                {
                    return false;
                }
                return (await Task.WhenAll(leases.Select(lease => SendOneAsync(lease.Connection, unmade, stop)))).Contains(true);
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
            // Retried each minute, so each reason is logged only once.
            if (loggedReason != refusal.Message)
            {
                log.LogWarning("Notices wait: {Reason}", refusal.Message);
            }
            (loggedReason, retryAt) = (refusal.Message, time.GetUtcNow() + Pause);
            return false;
        }
    }

    /// <summary>Claims notices until there is one whose mail can be built, so that invalid ones do not waste the leased connection.</summary>
    /// <returns>False when no notice was due.</returns>
    private async Task<bool> SendOneAsync(SmtpConnection connection, UnmadeMails unmade, CancellationToken stop)
    {
        for (var tries = 0; tries < MaxUnmadeInARow && !stop.IsCancellationRequested; tries++)
        {
            if (await store.ClaimAsync(1) is not [var notice])
            {
                return false;
            }
            if (await MailAsync(notice, unmade) is not { } mail)
            {
                continue;
            }
            var outcome = await connection.SendAsync(mail, CancellationToken.None);
            await (outcome.Kind switch
            {
                SmtpOutcomeKind.Accepted => store.SentAsync(notice),
                SmtpOutcomeKind.Refused => store.FailedAsync(notice, outcome.Text),
                SmtpOutcomeKind.NotTried => store.UntriedAsync(notice, outcome.Text),
                SmtpOutcomeKind.Uncertain => store.UncertainAsync(notice, outcome.Text),
                _ => store.AgainAsync(notice, outcome.Text),
            });
            return true;
        }
        return true;
    }

    /// <returns>Null when it cannot be built; this is recorded.</returns>
    private async Task<WireMail?> MailAsync(Notice notice, UnmadeMails unmade)
    {
        try
        {
            using var message = await mails.MessageAsync(notice);
            return WireMail.Of(message);
        }
        catch (Exception failure) when (failure is not NpgsqlException { IsTransient: true })
        {
            unmade.Add(failure);
            await store.FailedAsync(notice, "the mail could not be built: " + failure.Message);
            return null;
        }
    }
}
