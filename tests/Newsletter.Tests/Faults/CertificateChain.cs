using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Newsletter.Tests.Faults;

/// <summary>A certificate authority, and certificates of servers that it signed.</summary>
internal sealed class CertificateChain : IDisposable
{
    private readonly string? revocationList;

    /// <param name="days">From now, until which the servers' are valid.</param>
    /// <param name="revocationList">Where the servers' certificates say that the list of revoked ones is.</param>
    public CertificateChain(double days = 1, string? revocationList = null)
    {
        this.revocationList = revocationList;
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=An authority for tests", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, critical: false));
        Authority = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        Server = Signed("localhost", now, now.AddDays(days));
        Other = Signed("other.example", now, now.AddDays(days));
    }

    public X509Certificate2 Authority { get; }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>Of the same authority, for a server that is not this one.</summary>
    public X509Certificate2 Other { get; }

    /// <summary>A list (RFC 5280, 5) with <see cref="Server"/> on it.</summary>
    public byte[] RevocationList()
    {
        var list = new CertificateRevocationListBuilder();
        list.AddEntry(Server, TimeProvider.System.GetUtcNow().AddHours(-1), X509RevocationReason.KeyCompromise);
        return list.Build(Authority, 1, TimeProvider.System.GetUtcNow().AddHours(1), HashAlgorithmName.SHA256);
    }

    public void Dispose()
    {
        Authority.Dispose();
        Server.Dispose();
        Other.Dispose();
    }

    private X509Certificate2 Signed(string name, DateTimeOffset now, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
        }
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        if (revocationList is not null)
        {
            server.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([revocationList]));
            server.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, true, false));
        }
        using var signed = server.Create(Authority, now.AddDays(-1), until, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }
}
