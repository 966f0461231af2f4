using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Newsletter.Dkim;
using Newsletter.Mime;

namespace Newsletter.Smtp;

/// <summary>One warm connection to a relay, used by one caller at a time.</summary>
internal sealed class SmtpConnection(SmtpRelay relay, DkimSigner signer, TimeProvider time) : IDisposable
{
    /// <summary>After so many a fresh one is made: some relays close then, and a load balancer sees us again.</summary>
    private const int MostMails = 5000;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    private SmtpSession? session;
    private Socket? socket;
    private long usedAt;

    public SmtpRelay Relay => relay;

    /// <summary>What was wrong with the relay's certificate when the connection was opened last; null when that was not it.</summary>
    public CertificateProblem? CertificateProblem { get; private set; }

    /// <summary>It was used a short while ago, and stands as far as one can know without a look.</summary>
    public bool IsFresh => session is not null && time.GetElapsedTime(usedAt) < IdleLimit;

    /// <summary>Connects unless the connection is there, and as far as one can see alive.</summary>
    /// <exception cref="Refusal">Unreachable: no connection, no TLS, or the relay did not let us in.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        if (session is { Offered: < MostMails } && time.GetElapsedTime(usedAt) < IdleLimit && !HasSpokenUnasked())
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
            (socket, usedAt) = (fresh, time.GetTimestamp());
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

    /// <summary>Signs one mail, hands it over and says how that ended. Never throws for anything the relay or the wire did.</summary>
    /// <param name="stop">Gives up what the server has not answered.</param>
    public async Task<SmtpOutcome> SendAsync(WireMail mail, CancellationToken stop)
    {
        mail = mail.Under(signer.Sign(mail.Head.Span, mail.Body, time.GetUtcNow()));
        // What was lost before its final dot went to nobody: a fresh connection may have it at once.
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
                usedAt = time.GetTimestamp();
                if (reply.IsClosing)
                {
                    Dispose();
                    if (!isLast)
                    {
                        continue;
                    }
                }
                return reply.IsUnauthenticated
                    ? SmtpOutcome.NotTried($"The SMTP server {relay.Name} wants to know who we are: set Smtp:User and Smtp:PasswordFile.")
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
                // It was closed from the other side.
            }
        }
        Dispose();
    }

    /// <summary>Between mails a server is silent: what it says then is 421 or the end.</summary>
    private bool HasSpokenUnasked() => socket!.Poll(0, SelectMode.SelectRead);

    /// <summary>
    /// Whether the certificate is the relay's, and of an authority that this machine knows. One that is known to be revoked is
    /// not trusted; but an authority of one's own has no list of those, and one whose list is out of reach must not stop all mail.
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

    /// <summary>The connection is lost or was never made, and nothing is wrong with us.</summary>
    private static bool IsLost(Exception failure) =>
        failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
