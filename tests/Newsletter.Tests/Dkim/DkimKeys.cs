using System.Security.Cryptography;
using Newsletter.Dkim;

namespace Newsletter.Tests.Dkim;

/// <summary>Key files of a test, in a folder that goes with it.</summary>
public sealed class DkimKeys : IDisposable
{
    /// <summary>The private key of RFC 8463, appendix A.2 (also RFC 8032, 7.1, test 1), in PKCS#8.</summary>
    public const string Ed25519Pem =
        """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
        -----END PRIVATE KEY-----
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-dkim-");

    public DkimKeys()
    {
        using var rsa = RSA.Create(2048);
        Rsa = Written("rsa", rsa.ExportPkcs8PrivateKeyPem());
        Ed25519 = Written("ed", Ed25519Pem);
    }

    public DkimKeyOptions Rsa { get; }

    public DkimKeyOptions Ed25519 { get; }

    /// <summary>A key of example.com whose file holds this.</summary>
    public DkimKeyOptions Written(string selector, string pem)
    {
        var file = Path.Combine(folder.FullName, selector + ".pem");
        File.WriteAllText(file, pem);
        return new DkimKeyOptions { Domain = "example.com", Selector = selector, KeyFile = file };
    }

    public void Dispose() => folder.Delete(recursive: true);
}
