using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Newsletter.Tests.MailCatcher;

public sealed class TlsAndAuthTests : CatcherTestBase, IDisposable
{
    private readonly X509Certificate2 certificate = SelfSigned();

    [Theory]
    [InlineData(false, SecureSocketOptions.StartTls)]
    [InlineData(true, SecureSocketOptions.SslOnConnect)]
    public async Task Mail_goes_through_TLS(bool implicitTls, SecureSocketOptions security)
    {
        await using var catcher = Start(options => options with { Certificate = certificate, ImplicitTls = implicitTls });
        using var client = await ConnectAsync(catcher, security);
        Assert.True(client.IsSecure);
        await client.SendAsync(Message());
        await client.DisconnectAsync(true);
        Assert.Single(Memory.Mails);
    }

    [Fact]
    public async Task Without_a_certificate_there_is_no_STARTTLS()
    {
        await using var catcher = Start();
        await Assert.ThrowsAsync<NotSupportedException>(() => ConnectAsync(catcher, SecureSocketOptions.StartTls));
        await using var raw = await RawClient.GreetedAsync(catcher.EndPoint);
        Assert.StartsWith("500 ", await raw.SayAsync("STARTTLS"));
    }

    [Fact]
    public async Task What_was_slipped_in_behind_STARTTLS_is_never_obeyed()
    {
        await using var catcher = Start(options => options with { Certificate = certificate });
        await using var raw = await RawClient.GreetedAsync(catcher.EndPoint);
        await raw.SendAsync("STARTTLS\r\nRSET\r\n");
        Assert.StartsWith("220 ", await raw.ReplyAsync());
        Assert.Equal("", await raw.ReplyAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_trust_the_certificate_hurts_nobody()
    {
        await using var catcher = Start(options => options with { Certificate = certificate });
        using var wary = new SmtpClient { CheckCertificateRevocation = false };
        await Assert.ThrowsAsync<SslHandshakeException>(() =>
            wary.ConnectAsync("127.0.0.1", catcher.EndPoint.Port, SecureSocketOptions.StartTls));

        using var client = await ConnectAsync(catcher, SecureSocketOptions.StartTls);
        await client.SendAsync(Message());
        Assert.Single(Memory.Mails);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task Right_credentials_pass_wrong_ones_do_not(string mechanism)
    {
        await using var catcher = Start(options => options with { Credentials = new NetworkCredential("üser", "påss") });
        using var client = await ConnectAsync(catcher);
        Assert.Equal(["PLAIN", "LOGIN"], client.AuthenticationMechanisms.OrderDescending());
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Mechanism(mechanism, "wrong")));
        await client.AuthenticateAsync(Mechanism(mechanism, "påss"));
        await client.SendAsync(Message());
        Assert.Single(Memory.Mails);
    }

    [Fact]
    public async Task Mail_without_credentials_is_refused_and_with_a_certificate_they_need_TLS()
    {
        await using var catcher = Start(options => options with { Certificate = certificate, Credentials = new NetworkCredential("u", "p") });
        await using var raw = await RawClient.GreetedAsync(catcher.EndPoint);
        Assert.DoesNotContain("AUTH", await raw.SayAsync("EHLO again"), StringComparison.Ordinal);
        Assert.StartsWith("500 ", await raw.SayAsync("AUTH PLAIN AHUAcA=="));
        Assert.StartsWith("530 5.7.0", await raw.SayAsync("MAIL FROM:<a@example.com>"));

        using var client = await ConnectAsync(catcher, SecureSocketOptions.StartTls);
        await client.AuthenticateAsync("u", "p");
        await client.SendAsync(Message());
        Assert.Single(Memory.Mails);
    }

    [Theory]
    [InlineData("AUTH")]
    [InlineData("AUTH CRAM-MD5")]
    [InlineData("AUTH PLAIN ?")]
    [InlineData("AUTH PLAIN AHUA")]
    [InlineData("AUTH PLAIN AAAA")]
    public async Task Nonsense_does_not_authenticate(string command)
    {
        await using var catcher = Start(options => options with { Credentials = new NetworkCredential("u", "p") });
        await using var raw = await RawClient.GreetedAsync(catcher.EndPoint);
        Assert.StartsWith("535 ", await raw.SayAsync(command));
        Assert.StartsWith("530 ", await raw.SayAsync("MAIL FROM:<a@example.com>"));
    }

    public void Dispose() => certificate.Dispose();

    private static SaslMechanism Mechanism(string name, string password) =>
        name == "PLAIN" ? new SaslMechanismPlain("üser", password) : new SaslMechanismLogin("üser", password);

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
