using MailKit.Security;
using Microsoft.Extensions.Options;
using Newsletter.Dkim;
using Newsletter.Smtp;
using Newsletter.Tests.Faults;

namespace Newsletter.Tests.Smtp;

public sealed class CertificateProblemTests
{
    /// <summary>None of these authorities is known to this machine: what explains most is said.</summary>
    [Theory]
    [InlineData("localhost", 1, "untrusted", "authority")]
    [InlineData("other.example", 1, "name", "another name than localhost")]
    [InlineData("localhost", -0.5, "expired", "expired on ")]
    public async Task What_is_wrong_with_a_certificate_is_named(string name, double days, string kind, string reason)
    {
        using var chain = new CertificateChain(days);
        await using var relay = new FaultyRelay(options => options with { Certificate = name == "localhost" ? chain.Server : chain.Other });
        var settings = new SmtpRelay("localhost", relay.Port, SecureSocketOptions.StartTls, null, null)
        {
            HelloName = "localhost", Connections = 1, MessagesPerSecond = null, Weight = 1, WarmUpSince = null, WarmUpFirstDay = 1,
        };
        using var connection = new SmtpConnection(settings, new DkimSigner(Options.Create(new DkimOptions())), TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<Refusal>(() => connection.OpenAsync(default));

        Assert.Equal(kind, connection.CertificateProblem?.Kind);
        Assert.Contains(reason, refusal.Message);
        Assert.Equal(0, relay.Mails.Total);
    }
}
