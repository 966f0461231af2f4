using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Newsletter.Dkim;
using Newsletter.Mime;

namespace Newsletter.Smtp;

/// <summary>One persistent connection to a relay, used by one caller at a time.</summary>
internal sealed class SmtpConnection(SmtpRelay relay, DkimSigner signer, TimeProvider time) : IDisposable
{
    /// <summary>After this many mails the connection is replaced: some relays close it then, and a load balancer can choose a server again.</summary>
    private const int MostMails = 5000;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    private SmtpSession? session;
    private Socket? socket;
    private long lastUsedAt;

    public SmtpRelay Relay => relay;

    /// <summary>What was wrong with the relay's certificate in the last attempt to open the connection; null when nothing was.</summary>
    public CertificateProblem? CertificateProblem { get; private set; }

    /// <summary>It was used a short time ago, and is probably still open; this is not checked.</summary>
    public bool IsFresh => session is not null && time.GetElapsedTime(lastUsedAt) < IdleLimit;

    /// <summary>Connects, unless the connection is open and, as far as can be seen, alive.</summary>
    /// <exception cref="Refusal">Unreachable: no connection, no TLS, or the relay refused the session.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        if (session is { Offered: < MostMails } && time.GetElapsedTime(lastUsedAt) < IdleLimit && !HasUnexpectedData())
        {
            return;
        }
        await CloseAsync();
        CertificateProblem = null;
        using var timeout = new CancellationTokenSource(ConnectTimeout, time);
        await using var cancelling = cancel.UnsafeRegister(static timeout => ((CancellationTokenSource)timeout!).Cancel(), timeout);
        // With Nagle's algorithm on, each message waits 45 ms for the relay's delayed acknowledgement.
        var fresh = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await fresh.ConnectAsync(relay.Host, relay.Port, timeout.Token);
            var handshake = new SmtpHandshake(relay, (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors), timeout.Token);
            session = await handshake.PerformAsync(fresh, time);
            (socket, lastUsedAt) = (fresh, time.GetTimestamp());
        }
        catch (Exception failure)
        {
            fresh.Dispose();
            if (cancel.IsCancellationRequested || !IsLost(failure))
            {
                throw;
            }
            var reason = CertificateProblem?.Reason ?? (timeout.IsCancellationRequested
                ? FormattableString.Invariant($"it did not answer within {ConnectTimeout.TotalSeconds} seconds")
                : failure.Message.ReplaceLineEndings(" ").TrimEnd('.'));
            throw Refusal.Unreachable($"The SMTP server {relay.Name} cannot be used ({reason}): check the Smtp settings and that it runs.", failure);
        }
    }

    /// <summary>Signs one mail, sends it and returns the outcome. Never throws because of something that the relay or the network did.</summary>
    /// <param name="stop">Cancels whatever the server has not answered yet.</param>
    public async Task<SmtpOutcome> SendAsync(WireMail mail, CancellationToken stop)
    {
        mail = mail.Under(signer.Sign(mail.Head.Span, mail.Body, time.GetUtcNow()));
        // A mail whose connection was lost before the final dot was not accepted: one immediate retry on a new connection is safe.
        for (var isLast = false; ; isLast = true)
        {
            try
            {
                await OpenAsync(stop);
            }
            catch (Refusal unreachable)
            {
                return SmtpOutcome.NotTried(unreachable.Message);
            }
            catch (OperationCanceledException)
            {
                return SmtpOutcome.NotTried("Sending was stopped.");
            }
            try
            {
                var (step, reply) = await session!.SendAsync(mail, stop);
                lastUsedAt = time.GetTimestamp();
                if (reply.IsClosing)
                {
                    Dispose();
                    if (!isLast)
                    {
                        continue;
                    }
                }
                return reply.IsUnauthenticated
                    ? SmtpOutcome.NotTried($"The SMTP server {relay.Name} requires authentication: set Smtp:User and Smtp:PasswordFile.")
                    : SmtpOutcome.Of(step, reply);
            }
            catch (Exception lost) when (IsLost(lost))
            {
                var mayHaveArrived = session!.IsDotSent;
                Dispose();
                if (mayHaveArrived)
                {
                    return SmtpOutcome.Uncertain(lost.Message);
                }
                if (stop.IsCancellationRequested)
                {
                    return SmtpOutcome.NotTried("Sending was stopped.");
                }
                if (isLast)
                {
                    return SmtpOutcome.Lost(lost.Message);
                }
            }
        }
    }

    public void Dispose()
    {
        session?.Dispose();
        (session, socket) = (null, null);
    }

    private async Task CloseAsync()
    {
        if (session is not null)
        {
            try
            {
                await session.QuitAsync();
            }
            catch (Exception gone) when (IsLost(gone))
            {
                // The server has closed the connection already.
            }
        }
        Dispose();
    }

    /// <summary>Between mails a server sends nothing. Anything readable is a 421 reply or the end of the connection.</summary>
    private bool HasUnexpectedData() => socket!.Poll(0, SelectMode.SelectRead);

    /// <summary>
    /// Whether the certificate is the relay's and issued by an authority that this machine trusts. A certificate that is known to be revoked is
    /// not trusted. An unknown revocation status is accepted: a private authority has no revocation list, and a list that cannot be reached must
    /// not stop all mail.
    /// </summary>
    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && chain is { ChainStatus.Length: > 0 }
                && chain.ChainStatus.All(status => status.Status is X509ChainStatusFlags.RevocationStatusUnknown or X509ChainStatusFlags.OfflineRevocation)))
        {
            return true;
        }
        CertificateProblem = CertificateProblem.Of(certificate as X509Certificate2, chain, errors, relay.Host);
        return false;
    }

    /// <summary>The connection was lost or never opened; any other exception is an error of this program.</summary>
    private static bool IsLost(Exception failure) =>
        failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
