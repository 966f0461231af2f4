using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Newsletter.Dkim;

/// <summary>Reads a private key in PEM (RFC 7468).</summary>
internal static class DkimKeyFile
{
    private const int LongestFile = 64 * 1024;

    /// <param name="options">Must be validated by <c>DkimKeyOptions.Checked</c>.</param>
    /// <exception cref="Refusal">Invalid: no file, no key, or a key type that DKIM does not support.</exception>
    public static DkimKey Read(DkimKeyOptions options)
    {
        var file = options.KeyFile!;
        var pem = Text(file);
        while (PemEncoding.TryFind(pem, out var fields))
        {
            var der = Convert.FromBase64String(pem[fields.Base64Data]);
            switch (pem[fields.Label])
            {
                case "RSA PRIVATE KEY":
                    return Parsed(file, () => Rsa(options, key => key.ImportRSAPrivateKey(der, out _)));
                case "PRIVATE KEY":
                    return Parsed(file, () => Pkcs8(options, der));
                case "ENCRYPTED PRIVATE KEY":
                    throw HasPassphrase(file);
                case "PUBLIC KEY" or "RSA PUBLIC KEY":
                    throw Refusal.Invalid($"{file} contains a public key, but mails are signed with the private one.");
            }
            pem = pem[fields.Location.End..];
        }
        // Older programs put an encryption header inside the block, which is then not valid PEM by the RFC.
        throw pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            ? HasPassphrase(file)
            : Refusal.Invalid($"{file} contains no private key in PEM: make one with 'openssl genrsa -out {Path.GetFileName(file)} 2048'.");
    }

    private static Refusal HasPassphrase(string file) =>
        Refusal.Invalid($"The key in {file} has a passphrase: store it without one, readable only by this user.");

    private static DkimKey Pkcs8(DkimKeyOptions options, byte[] der) => PrivateKeyFactory.CreateKey(der) switch
    {
        Ed25519PrivateKeyParameters ed25519 => new DkimEd25519Key(options, ed25519),
        RsaPrivateCrtKeyParameters => Rsa(options, key => key.ImportPkcs8PrivateKey(der, out _)),
        _ => throw Refusal.Invalid($"The key in {options.KeyFile} is neither RSA nor Ed25519: receivers support no other type."),
    };

    private static DkimRsaKey Rsa(DkimKeyOptions options, Action<RSA> import)
    {
        using var key = RSA.Create();
        import(key);
        return new DkimRsaKey(options, key);
    }

    private static DkimKey Parsed(string file, Func<DkimKey> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception broken) when (broken is CryptographicException or GeneralSecurityException or CryptoException or IOException
            or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            throw Refusal.Invalid($"The key in {file} cannot be read ({broken.Message.ReplaceLineEndings(" ").TrimEnd('.')}).");
        }
    }

    private static string Text(string file)
    {
        try
        {
            using var reader = new StreamReader(InputFile.OpenRead(file));
            return reader.BaseStream.Length > LongestFile ? throw Refusal.Invalid($"{file} is too large for a key.") : reader.ReadToEnd();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Invalid($"The Dkim key file '{file}' cannot be read ({failure.Message.TrimEnd('.')}).");
        }
    }
}
