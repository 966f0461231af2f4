using System.Net.Sockets;
using Newsletter.Mime;

namespace Newsletter.Smtp;

/// <summary>
/// Hands mails over on a connection that stands (RFC 5321, 3.3). We write the octets ourselves: MailKit's way copies in
/// small pieces and looks at each octet. Envelope commands go in one group where the server permits it (RFC 2920).
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

    /// <summary>After a refusal the server may still hold an envelope.</summary>
    private bool mustReset;

    /// <summary>The final dot of the last mail may have gone out: from then on the server may have it.</summary>
    public bool IsDotSent { get; private set; }

    /// <summary>Mails offered so far.</summary>
    public int Offered { get; private set; }

    /// <returns>Where the conversation stood, and the reply that decided it.</returns>
    /// <exception cref="IOException">The connection is lost, or the server does not speak SMTP.</exception>
    /// <exception cref="OperationCanceledException">The server took too long, or we are to stop.</exception>
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
        var (step, reply) = capabilities.Pipelining ? await OfferInOneAsync(mail) : await OfferOneByOneAsync(mail);
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
        return (SmtpStep.Dot, Fitting(SmtpStep.Dot, await replies.ReadAsync(timeout.Token)));
    }

    /// <summary>Says goodbye, and does not wait for an answer.</summary>
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

    private async ValueTask<(SmtpStep Step, SmtpReply Reply)> OfferInOneAsync(WireMail mail)
    {
        var resets = mustReset;
        if (resets)
        {
            writer.Command("RSET"u8);
        }
        Envelope(mail);
        writer.Command("DATA"u8);
        await writer.FlushAsync(timeout.Token);
        if (resets)
        {
            await replies.ReadAsync(timeout.Token);
        }
        // All are read before one is acted on; a server that closes says so at the first and nothing more.
        var from = Fitting(SmtpStep.Mail, await replies.ReadAsync(timeout.Token));
        if (from.IsClosing)
        {
            return (SmtpStep.Mail, from);
        }
        (SmtpStep, SmtpReply)? refusal = from.IsPositive ? null : (SmtpStep.Mail, from);
        try
        {
            var to = Fitting(SmtpStep.Rcpt, await replies.ReadAsync(timeout.Token));
            if (refusal is null && !to.IsPositive)
            {
                refusal = (SmtpStep.Rcpt, to);
            }
            if (to.IsClosing)
            {
                return refusal!.Value;
            }
            var data = Fitting(SmtpStep.Data, await replies.ReadAsync(timeout.Token));
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
            // Many servers refuse and close the connection: the refusal counts, not the loss.
            return refusal.Value;
        }
    }

    private async ValueTask<(SmtpStep Step, SmtpReply Reply)> OfferOneByOneAsync(WireMail mail)
    {
        if (mustReset)
        {
            writer.Command("RSET"u8);
            await AskAsync();
        }
        writer.Mail(mail.From, capabilities.Size ? mail.Length : null);
        if (Fitting(SmtpStep.Mail, await AskAsync()) is { IsPositive: false } from)
        {
            return (SmtpStep.Mail, from);
        }
        writer.Rcpt(mail.To);
        if (Fitting(SmtpStep.Rcpt, await AskAsync()) is { IsPositive: false } to)
        {
            return (SmtpStep.Rcpt, to);
        }
        writer.Command("DATA"u8);
        return (SmtpStep.Data, Fitting(SmtpStep.Data, await AskAsync()));
    }

    /// <summary>A server that says yes to something else is not where we think: whatever it says then means nothing.</summary>
    private static SmtpReply Fitting(SmtpStep step, SmtpReply reply) => reply.Fits(step)
        ? reply
        : throw new IOException(FormattableString.Invariant($"the server's answer {reply.Code} makes no sense here"));

    private void Envelope(WireMail mail)
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

/// <summary>Where a conversation stood.</summary>
internal enum SmtpStep
{
    Mail,
    Rcpt,
    Data,

    /// <summary>The final dot was sent.</summary>
    Dot,
}
