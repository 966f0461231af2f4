using Microsoft.Extensions.Logging;
using Newsletter.Mime;
using Newsletter.Restores;
using Newsletter.Smtp;
using Npgsql;

namespace Newsletter.Notices;

/// <summary>
/// Sends the notices that are due, as many at once as there are connections. One whose mail cannot be made has failed; what
/// is wrong with the installation fails none: all wait.
/// </summary>
public sealed class NoticeSending(NoticeStore store, NoticeMails mails, SmtpPool pool, SendingGuard guard, TimeProvider time, ILogger<NoticeSending> log)
{
    /// <summary>After so many in a row whose mails cannot be made a connection is given back: an edition may wait for it.</summary>
    private const int MostUnmade = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private DateTimeOffset notBefore;

    /// <summary>What was logged last; null when nothing is waited for.</summary>
    private string? waitsFor;

    /// <summary>Until none is due. A relay that cannot be reached leaves them due, and is left alone for a minute.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (time.GetUtcNow() < notBefore || !await store.IsAnyDueAsync() || !await guard.MaySendAsync())
        {
            return;
        }
        var unmade = new UnmadeMails();
        try
        {
            while (!stop.IsCancellationRequested && time.GetUtcNow() >= notBefore && await store.IsAnyDueAsync() && await SendSomeAsync(unmade, stop))
            {
            }
        }
        finally
        {
            if (unmade.Count > 0)
            {
                log.LogError("{Count} notices failed, since their mails can never be made: {Kinds}", unmade.Count, unmade);
            }
        }
    }

    /// <returns>False when there was nothing to send, or no way to.</returns>
    private async Task<bool> SendSomeAsync(UnmadeMails unmade, CancellationToken stop)
    {
        try
        {
            await mails.CheckAsync();
            // Connections first: what is claimed is on the wire at once, and a crash leaves no more than that in doubt.
            var leases = await pool.LeaseFreeAsync(stop);
            waitsFor = null;
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
            // It is tried again each minute.
            if (waitsFor != refusal.Message)
            {
                log.LogWarning("Notices wait: {Reason}", refusal.Message);
            }
            (waitsFor, notBefore) = (refusal.Message, time.GetUtcNow() + Pause);
            return false;
        }
    }

    /// <summary>Claims until there is one whose mail can be made, so that the others cost the connection no turn.</summary>
    /// <returns>False when none was due.</returns>
    private async Task<bool> SendOneAsync(SmtpConnection connection, UnmadeMails unmade, CancellationToken stop)
    {
        for (var tries = 0; tries < MostUnmade && !stop.IsCancellationRequested; tries++)
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

    /// <returns>Null when it cannot be made, which is recorded.</returns>
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
            await store.FailedAsync(notice, "the mail could not be made: " + failure.Message);
            return null;
        }
    }
}
