using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Newsletter.Web.SignIn;

/// <summary>
/// Encrypts the secret part of a cookie key before it is stored in the database. Otherwise an attacker with a copy of the
/// database could forge cookies.
/// </summary>
internal sealed class KeyEncryption(KeyCipher cipher) : IXmlEncryptor
{
    // ASP.NET uses these names to mark elements that need encryption, and elements that are encrypted.
    private static readonly XNamespace AspNet = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName RequiresEncryption = AspNet + "requiresEncryption";
    private static readonly XName EncryptedSecret = AspNet + "encryptedSecret";
    private static readonly XName Encrypted = "encrypted";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(new XElement(Encrypted, cipher.Encrypt(plaintextElement.ToString(SaveOptions.DisableFormatting))), typeof(KeyDecryption));

    /// <exception cref="CryptographicException">None of the current signing keys can decrypt it.</exception>
    public static XElement Decrypt(KeyCipher cipher, XElement closed) => cipher.TryDecrypt(closed.Value) is { } opened
        ? XElement.Parse(opened.Text)
        : throw new CryptographicException("This cookie key was encrypted with a signing key that is no longer in Site:SigningKeys.");

    /// <summary>Encrypts what an earlier version stored unencrypted. Re-encrypts what an older signing key encrypted.</summary>
    /// <param name="key">The key as stored. It is changed in place.</param>
    /// <returns>False if nothing had to be changed.</returns>
    public bool Reencrypt(XElement key)
    {
        var stale = key.DescendantsAndSelf().Where(IsClear).Select(clear => (Place: clear, Clear: new XElement(clear)))
            .Concat(key.DescendantsAndSelf(EncryptedSecret)
                .Select(secret => (Place: secret, Clear: OfOlderKey(secret))).Where(found => found.Clear is not null)!)
            .ToList();
        foreach (var (place, clear) in stale)
        {
            var encrypted = Encrypt(clear!);
            var decryptor = new XAttribute("decryptorType", encrypted.DecryptorType.AssemblyQualifiedName!);
            place.ReplaceWith(new XElement(EncryptedSecret, decryptor, encrypted.EncryptedElement));
        }
        return stale.Count > 0;
    }

    private static bool IsClear(XElement element) => (bool?)element.Attribute(RequiresEncryption) == true;

    private XElement? OfOlderKey(XElement secret) =>
        secret.Element(Encrypted) is { } closed && cipher.TryDecrypt(closed.Value) is { IsNewest: false, Text: var text }
            ? XElement.Parse(text)
            : null;
}
