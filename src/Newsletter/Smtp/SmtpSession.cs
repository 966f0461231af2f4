using System.Net.Sockets;
using Newsletter.Mime;

namespace Newsletter.Smtp;

/// <summary>
/// Sends mails over an open connection (RFC 5321, 3.3). It writes the octets itself, because MailKit copies in small pieces and inspects each
/// octet. The commands of the envelope are pipelined if the server supports it (RFC 2920).
/// </summary>
/// <param name="stream">Plain or TLS, after EHLO and AUTH; disposed with the session.</param>
/// <param name="replies">Reads from the stream.</param>
internal sealed class SmtpSession(Stream stream, SmtpReplyReader replies, SmtpCapabilities capabilities, TimeProvider time) : IDisposable
{
    // RFC 5321, 4.5.3.2.
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BlockTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan DotTimeout = TimeSpan.FromMinutes(10);

    private readonly SmtpWriter writer = new(stream);
    private CancellationTokenSource timeout = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>After a refusal the server may still hold an envelope, which RSET clears.</summary>
    private bool mustReset;

    /// <summary>The final dot of the last mail may have been sent: from then on the server may have the mail.</summary>
    public bool IsDotSent { get; private set; }

    /// <summary>Number of mails offered so far.</summary>
    public int Offered { get; private set; }

    /// <returns>The step that the transaction reached, and the reply that decided it.</returns>
    /// <exception cref="IOException">The connection is lost, or the server does not speak SMTP.</exception>
    /// <exception cref="OperationCanceledException">The server took too long, or sending was stopped.</exception>
    public async ValueTask<(SmtpStep Step, SmtpReply Reply)> SendAsync(WireMail mail, CancellationToken stop)
    {
        IsDotSent = false;
        Offered++;
        if (!timeout.TryReset())
        {
            timeout.Dispose();
            timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        }
        await using var stopping = stop.UnsafeRegister(static timeout => ((CancellationTokenSource)timeout!).Cancel(), timeout);
        timeout.CancelAfter(CommandTimeout);
        var (step, reply) = capabilities.Pipelining ? await OfferPipelinedAsync(mail) : await OfferStepByStepAsync(mail);
        mustReset = !reply.IsPositive;
        if (!reply.IsPositive)
        {
            return (step, reply);
        }
        timeout.CancelAfter(BlockTimeout);
        await writer.ContentAsync(mail, timeout.Token);
        IsDotSent = true;
        await writer.DotAsync(timeout.Token);
        timeout.CancelAfter(DotTimeout);
        return (SmtpStep.Dot, Checked(SmtpStep.Dot, await replies.ReadAsync(timeout.Token)));
    }

    /// <summary>Sends QUIT and does not wait for the reply.</summary>
    public async ValueTask QuitAsync()
    {
        writer.Command("QUIT"u8);
        await writer.FlushAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        timeout.Dispose();
        stream.Dispose();
    }

    private async ValueTask<(SmtpStep Step, SmtpReply Reply)> OfferPipelinedAsync(WireMail mail)
    {
        var resets = mustReset;
        if (resets)
        {
            writer.Command("RSET"u8);
        }
        WriteEnvelope(mail);
        writer.Command("DATA"u8);
        await writer.FlushAsync(timeout.Token);
        if (resets)
        {
            await replies.ReadAsync(timeout.Token);
        }
        // Read all replies before acting on one. A server that closes the connection says so in the first reply and sends no other.
        var from = Checked(SmtpStep.Mail, await replies.ReadAsync(timeout.Token));
        if (from.IsClosing)
        {
            return (SmtpStep.Mail, from);
        }
        (SmtpStep, SmtpReply)? refusal = from.IsPositive ? null : (SmtpStep.Mail, from);
        try
        {
            var to = Checked(SmtpStep.Rcpt, await replies.ReadAsync(timeout.Token));
            if (refusal is null && !to.IsPositive)
            {
                refusal = (SmtpStep.Rcpt, to);
            }
            if (to.IsClosing)
            {
                return refusal!.Value;
            }
            var data = Checked(SmtpStep.Data, await replies.ReadAsync(timeout.Token));
            if (data.IsPositive && refusal is not null)
            {
                // The server accepts DATA without a recipient (RFC 2920, 3.1): send an empty mail and ignore the answer.
                await writer.DotAsync(timeout.Token);
                await replies.ReadAsync(timeout.Token);
            }
            return refusal ?? (SmtpStep.Data, data);
        }
        catch (IOException lost) when (refusal is not null && lost is EndOfStreamException or { InnerException: SocketException })
        {
            // Many servers refuse and close the connection: the refusal counts, not the lost connection.
            return refusal.Value;
        }
    }

    private async ValueTask<(SmtpStep Step, SmtpReply Reply)> OfferStepByStepAsync(WireMail mail)
    {
        if (mustReset)
        {
            writer.Command("RSET"u8);
            await AskAsync();
        }
        writer.Mail(mail.From, capabilities.Size ? mail.Length : null);
        if (Checked(SmtpStep.Mail, await AskAsync()) is { IsPositive: false } from)
        {
            return (SmtpStep.Mail, from);
        }
        writer.Rcpt(mail.To);
        if (Checked(SmtpStep.Rcpt, await AskAsync()) is { IsPositive: false } to)
        {
            return (SmtpStep.Rcpt, to);
        }
        writer.Command("DATA"u8);
        return (SmtpStep.Data, Checked(SmtpStep.Data, await AskAsync()));
    }

    /// <summary>
    /// A positive reply that does not fit the step shows that client and server are out of step: later replies would have no meaning.
    /// </summary>
    private static SmtpReply Checked(SmtpStep step, SmtpReply reply) => reply.Fits(step)
        ? reply
        : throw new IOException(FormattableString.Invariant($"the server's answer {reply.Code} is unexpected at this step"));

    private void WriteEnvelope(WireMail mail)
    {
        writer.Mail(mail.From, capabilities.Size ? mail.Length : null);
        writer.Rcpt(mail.To);
    }

    private async ValueTask<SmtpReply> AskAsync()
    {
        await writer.FlushAsync(timeout.Token);
        return await replies.ReadAsync(timeout.Token);
    }
}

/// <summary>A step of sending one mail.</summary>
internal enum SmtpStep
{
    Mail,
    Rcpt,
    Data,

    /// <summary>The final dot was sent.</summary>
    Dot,
}
