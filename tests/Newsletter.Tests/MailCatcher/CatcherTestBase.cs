using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.MailCatcher;

/// <summary>A catcher of its own for every test, and the real MailKit to talk to it.</summary>
public abstract class CatcherTestBase
{
    protected MailMemory Memory { get; } = new();

    protected Script Script { get; } = new();

    protected Catcher Start(Func<CatcherOptions, CatcherOptions>? change = null)
    {
        var options = new CatcherOptions { Keeper = Memory, Script = Script };
        return Catcher.Start(new IPEndPoint(IPAddress.Loopback, 0), change?.Invoke(options) ?? options);
    }

    protected static async Task<SmtpClient> ConnectAsync(Catcher catcher, SecureSocketOptions security = SecureSocketOptions.None)
    {
        var client = new SmtpClient { CheckCertificateRevocation = false, Timeout = 20_000 };
        client.ServerCertificateValidationCallback = (_, _, _, _) => true;
        await client.ConnectAsync(catcher.EndPoint.Address.ToString(), catcher.EndPoint.Port, security);
        return client;
    }

    protected static MimeMessage Message(string subject = "Hello", params string[] recipients)
    {
        var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = "One line.\n.A dot.\n..\nGrüße, 読者\n" } };
        message.From.Add(new MailboxAddress("Sender", "sender@example.com"));
        message.To.AddRange((recipients.Length > 0 ? recipients : ["reader@example.com"]).Select(address => new MailboxAddress("", address)));
        return message;
    }
}
