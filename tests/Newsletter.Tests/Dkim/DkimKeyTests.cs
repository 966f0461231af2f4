using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Newsletter.Dkim;

namespace Newsletter.Tests.Dkim;

public sealed class DkimKeyTests(DkimKeys keys) : IClassFixture<DkimKeys>
{
    [Fact]
    public async Task Keys_are_read_in_both_forms_that_openssl_writes()
    {
        using var rsa = RSA.Create(1024);
        var signer = DkimMail.Signer(keys.Written("one", rsa.ExportRSAPrivateKeyPem()), keys.Written("eight", rsa.ExportPkcs8PrivateKeyPem()));

        Assert.Equal([true, true], await DkimMail.Sign(signer, "From: a@example.com\r\n", DkimMail.Octets("Hello\r\n")).VerifyAsync());
        Assert.Equal("v=DKIM1; k=rsa; p=" + Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()), signer.Keys[0].Record);
        Assert.All(signer.Keys, key => Assert.Equal("it has 1024 bits: make one of 2048, which receivers trust", key.Weakness));
        Assert.Null(DkimMail.Signer(keys.Rsa).Keys[0].Weakness);
    }

    [Fact]
    public void What_is_no_key_is_refused_in_one_sentence()
    {
        using var small = RSA.Create(768);
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("768 bits", Refused(small.ExportPkcs8PrivateKeyPem()));
        Assert.Contains("a public key", Refused(rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Contains("neither RSA nor Ed25519", Refused(curve.ExportPkcs8PrivateKeyPem()));
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000);
        Assert.Contains("passphrase", Refused(rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption)));
        Assert.Contains("passphrase", Refused(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"));
        Assert.Contains("no private key in PEM", Refused(""));
        Assert.Contains("no private key in PEM", Refused("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v"));
        Assert.Contains("cannot be read", Refused("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
        Assert.Contains("cannot be read", Refused("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"));
        Assert.Contains("cannot be read", Refused(keys.Rsa with { KeyFile = "/nowhere/key.pem" }));
        Assert.Contains("cannot be read", Refused(keys.Rsa with { KeyFile = Path.GetTempPath() }));
    }

    [Theory]
    [InlineData(null, "s", "k.pem", "go together")]
    [InlineData("example.com", null, "k.pem", "go together")]
    [InlineData("example.com", "s", " ", "go together")]
    [InlineData("example", "s", "k.pem", "is not a domain")]
    [InlineData("example.com; l=0", "s", "k.pem", "is not a domain")]
    [InlineData("exa mple.com", "s", "k.pem", "is not a domain")]
    [InlineData("a..com", "s", "k.pem", "is not a domain")]
    [InlineData("example.com", "s\r\nBcc: x", "k.pem", "Selector is not one")]
    [InlineData("example.com", "s;", "k.pem", "Selector is not one")]
    public void Settings_that_cannot_be_are_refused(string? domain, string? selector, string? file, string said)
    {
        var options = Options.Create(new DkimOptions { Domain = domain, Selector = selector, KeyFile = file });
        Assert.Contains(said, Assert.Throws<Refusal>(() => new DkimSigner(options)).Message);
    }

    [Fact]
    public void The_settings_of_one_key_and_of_several_are_the_same()
    {
        var one = new DkimSigner(Options.Create(new DkimOptions
        {
            Domain = "Bücher.example", Selector = "News", KeyFile = keys.Rsa.KeyFile, Keys = [keys.Ed25519],
        }));

        Assert.Equal(["news._domainkey.xn--bcher-kva.example", "ed._domainkey.example.com"], one.Keys.Select(key => key.RecordName));
        Assert.Contains("a different selector", Assert.Throws<Refusal>(() => DkimMail.Signer(keys.Rsa, keys.Rsa)).Message);
    }

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("EXAMPLE.com", true)]
    [InlineData("news.example.com", true)]
    [InlineData("com", true)]
    [InlineData("badexample.com", false)]
    [InlineData("example.org", false)]
    public void A_key_signs_for_the_sender_when_one_domain_is_in_the_other(string sender, bool isAligned) =>
        Assert.Equal(isAligned, DkimMail.Signer(keys.Rsa).Keys[0].IsAlignedWith(sender));

    private string Refused(string pem) => Refused(keys.Written("refused", pem));

    private static string Refused(DkimKeyOptions key)
    {
        var refusal = Assert.Throws<Refusal>(() => DkimMail.Signer(key));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.EndsWith(".", refusal.Message);
        return refusal.Message;
    }
}
