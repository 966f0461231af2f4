using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Security;

namespace Newsletter.Smtp;

/// <summary>The beginning of a session: greeting, EHLO, TLS (RFC 3207, RFC 8314) and AUTH, all within one timeout of the caller.</summary>
/// <param name="isTrusted">Validates the server's certificate.</param>
internal sealed class SmtpHandshake(SmtpRelay relay, RemoteCertificateValidationCallback isTrusted, CancellationToken timeout)
{
    private const int Ready = 220;
    private const int Ok = 250;

    private Stream stream = Stream.Null;
    private SmtpReplyReader replies = new(Stream.Null);

    /// <param name="socket">Connected; owned by the session from now on.</param>
    /// <exception cref="IOException">
    /// The server refuses the session, does not speak SMTP, or closed the connection. The message is a clause that says which.
    /// </exception>
    /// <exception cref="OperationCanceledException">The timeout is over.</exception>
    public async Task<SmtpSession> PerformAsync(Socket socket, TimeProvider time)
    {
        Use(new NetworkStream(socket, ownsSocket: true));
        try
        {
            if (relay.Security == SecureSocketOptions.SslOnConnect)
            {
                await StartTlsAsync();
            }
            Expect(Ready, await replies.ReadAsync(timeout));
            var capabilities = await GreetAsync();
            if (relay.Security == SecureSocketOptions.StartTls)
            {
                await AskForTlsAsync(capabilities);
                // Replies before TLS may come from an attacker: discard all capabilities (RFC 3207, 4.2).
                capabilities = await GreetAsync();
            }
            if (relay.User is { Length: > 0 } user)
            {
                await new SmtpAuthentication(new NetworkCredential(user, relay.Password ?? ""), AskAsync).PassAsync(capabilities.Mechanisms);
            }
            return new SmtpSession(stream, replies, capabilities, time);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<SmtpCapabilities> GreetAsync()
    {
        var reply = await AskAsync($"EHLO {Domain()}");
        if (reply.Code == Ok)
        {
            return SmtpCapabilities.Of(reply.Text);
        }
        // The server does not support EHLO, or not at the moment (RFC 5321, 3.2).
        Expect(Ok, reply.IsClosing ? reply : await AskAsync($"HELO {Domain()}"));
        return SmtpCapabilities.None;
    }

    /// <summary>A domain, or an address literal (RFC 5321, 4.1.3).</summary>
    private string Domain() =>
        !IPAddress.TryParse(relay.HelloName, out var address) ? relay.HelloName
        : address.AddressFamily == AddressFamily.InterNetwork ? $"[{address}]"
        : address.IsIPv4MappedToIPv6 ? $"[{address.MapToIPv4()}]"
        : $"[IPv6:{address}]";

    private async Task AskForTlsAsync(SmtpCapabilities capabilities)
    {
        if (!capabilities.StartTls)
        {
            throw new IOException("The SMTP server does not support the STARTTLS extension");
        }
        Expect(Ready, await AskAsync("STARTTLS"));
        // This data was sent before TLS, but would be read as a reply inside TLS (response injection, CVE-2011-0411).
        if (replies.HasMore)
        {
            throw new IOException("the server sent unencrypted data after its reply to STARTTLS");
        }
        await StartTlsAsync();
    }

    private async Task StartTlsAsync()
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        Use(tls);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = relay.Host, RemoteCertificateValidationCallback = isTrusted, CertificateRevocationCheckMode = X509RevocationMode.Online,
                }, timeout);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new IOException($"the TLS handshake failed: {failure.Message}", failure);
        }
    }

    private void Use(Stream next) => (stream, replies) = (next, new SmtpReplyReader(next));

    private async Task<SmtpReply> AskAsync(string line)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), timeout);
        return await replies.ReadAsync(timeout, keepsText: true);
    }

    private static void Expect(int code, SmtpReply reply)
    {
        if (reply.Code != code)
        {
            throw new IOException(reply.IsPositive
                ? FormattableString.Invariant($"the server's answer {reply.Code} is unexpected at this step")
                : reply.ToString());
        }
    }
}
