using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Newsletter.Deliveries;

/// <summary>One warm connection to the relay, used by one caller at a time.</summary>
internal sealed class SmtpConnection(SmtpRelay relay) : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(30);
    private readonly FinalDotWatch watch = new();
    private SmtpClient? client;
    private bool used;

    /// <summary>Connects unless the connection is there and alive.</summary>
    /// <exception cref="Refusal">Unreachable: no connection, no TLS, or the relay did not let us in.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        if (client is { IsConnected: true })
        {
            return;
        }
        Dispose();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(ConnectPatience);
        // With Nagle's algorithm on, each message waits 45 ms for the relay's delayed acknowledgement.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var fresh = new SmtpClient(watch);
        try
        {
            await socket.ConnectAsync(relay.Host, relay.Port, patience.Token);
            await fresh.ConnectAsync(socket, relay.Host, relay.Port, relay.Security, patience.Token);
            if (relay.User is { Length: > 0 })
            {
                await fresh.AuthenticateAsync(relay.User, relay.Password ?? "", patience.Token);
            }
            // BDAT has no final dot, which is what tells a mail that may be retried from one that may not.
            fresh.Capabilities &= ~SmtpCapabilities.Chunking;
            (client, used) = (fresh, false);
        }
        catch (Exception failure)
        {
            fresh.Dispose();
            socket.Dispose();
            if (cancel.IsCancellationRequested || !IsOfTheWire(failure))
            {
                throw;
            }
            throw Refusal.Unreachable($"The SMTP server {relay.Host}:{relay.Port} cannot be used ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}): check the Smtp settings and that it runs.", failure);
        }
    }

    /// <summary>Hands one message over and says how that ended. Never throws for anything the relay or the wire did.</summary>
    /// <param name="message">With one sender and one recipient, who are the envelope too.</param>
    public async Task<DeliveryEnding> SendAsync(MimeMessage message, CancellationToken cancel)
    {
        var mayBeStale = used;
        watch.Reset();
        try
        {
            await OpenAsync(cancel);
            used = true;
            await client!.SendAsync(FormatOptions.Default, message, message.From.Mailboxes.First(), message.To.Mailboxes, cancel);
            return DeliveryEnding.Sent;
        }
        catch (SmtpCommandException refused)
        {
            var reply = $"{(int)refused.StatusCode} {refused.Message}";
            if (refused.StatusCode == SmtpStatusCode.ServiceNotAvailable)
            {
                // 421: the server closes the connection (RFC 5321, 3.8); on one that was idle it says so only now.
                Dispose();
                if (mayBeStale)
                {
                    return await SendAsync(message, cancel);
                }
            }
            return (int)refused.StatusCode >= 500 ? new(DeliveryState.Failed, reply) : new(DeliveryState.Deferred, reply);
        }
        catch (ServiceNotAuthenticatedException)
        {
            Dispose();
            return new(DeliveryState.Due, $"The SMTP server {relay.Host}:{relay.Port} wants to know who we are: set Smtp:User and Smtp:PasswordFile.");
        }
        catch (Refusal unreachable)
        {
            return new(DeliveryState.Due, unreachable.Message);
        }
        catch (Exception lost) when (IsOfTheWire(lost))
        {
            Dispose();
            if (watch.Passed)
            {
                return new(DeliveryState.Uncertain, $"the connection was lost after the final dot ({lost.Message})");
            }
            // A relay closes connections that were idle for a while, and we learn of it only now.
            return mayBeStale ? await SendAsync(message, cancel) : new(DeliveryState.Deferred, $"the connection was lost ({lost.Message})");
        }
    }

    public void Dispose()
    {
        client?.Dispose();
        (client, used) = (null, false);
    }

    private static bool IsOfTheWire(Exception failure) => failure is IOException or ProtocolException or SocketException or TimeoutException
        or OperationCanceledException or ServiceNotConnectedException or CommandException or AuthenticationException or SslHandshakeException
        or NotSupportedException;

    /// <summary>
    /// Notes whether the final dot of a message has gone out: a connection lost before it may be retried, one lost
    /// after it leaves the message stored or not, and both give the same exception.
    /// </summary>
    private sealed class FinalDotWatch : IProtocolLogger
    {
        private static ReadOnlySpan<byte> Dot => "\r\n.\r\n"u8;
        private readonly byte[] last = new byte[5];
        private bool asked;
        private bool data;

        public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

        public bool Passed { get; private set; }

        public void Reset() => (Passed, asked, data) = (false, false, false);

        public void LogConnect(Uri uri)
        {
        }

        public void LogClient(byte[] buffer, int offset, int count)
        {
            var sent = buffer.AsSpan(offset, count);
            if (!data)
            {
                asked = sent.EndsWith("DATA\r\n"u8);
                return;
            }
            if (count >= last.Length)
            {
                sent[^last.Length..].CopyTo(last);
            }
            else
            {
                last.AsSpan(count).CopyTo(last);
                sent.CopyTo(last.AsSpan(last.Length - count));
            }
            Passed |= last.AsSpan().SequenceEqual(Dot);
        }

        /// <summary>One octet of the answer is enough, and all that surely comes in one piece: 3 lets the message follow.</summary>
        public void LogServer(byte[] buffer, int offset, int count)
        {
            if (asked && count > 0)
            {
                (asked, data) = (false, buffer[offset] == (byte)'3');
            }
        }

        public void Dispose()
        {
        }
    }
}
