using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Web;

/// <summary>What is secret in a key for cookies, as it lies in the database: encrypted, so that a copy of the database alone signs nobody in.</summary>
internal sealed class KeyEncryption(KeyCipher cipher) : IXmlEncryptor
{
    // ASP.NET's own names: so it marks what is to be encrypted, and what is.
    private static readonly XNamespace AspNet = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName RequiresEncryption = AspNet + "requiresEncryption";
    private static readonly XName EncryptedSecret = AspNet + "encryptedSecret";
    private static readonly XName Encrypted = "encrypted";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(new XElement(Encrypted, cipher.Encrypt(plaintextElement.ToString(SaveOptions.DisableFormatting))), typeof(KeyDecryption));

    /// <exception cref="CryptographicException">No signing key of today did encrypt it.</exception>
    public static XElement Decrypt(KeyCipher cipher, XElement closed) => cipher.TryDecrypt(closed.Value) is { } opened
        ? XElement.Parse(opened.Text)
        : throw new CryptographicException("This key for cookies was encrypted by a signing key that is not in Site:SigningKeys any more.");

    /// <summary>Encrypts what lies in the clear since an earlier version, and anew what an older signing key has encrypted.</summary>
    /// <param name="key">As it is stored; changed in place.</param>
    /// <returns>False when nothing was to be done.</returns>
    public bool Reencrypt(XElement key)
    {
        var stale = key.DescendantsAndSelf().Where(IsClear).Select(clear => (Place: clear, Clear: new XElement(clear)))
            .Concat(key.DescendantsAndSelf(EncryptedSecret).Select(secret => (Place: secret, Clear: OfOlderKey(secret))).Where(found => found.Clear is not null)!)
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
        secret.Element(Encrypted) is { } closed && cipher.TryDecrypt(closed.Value) is { IsNewest: false, Text: var text } ? XElement.Parse(text) : null;
}

/// <summary>The way back. ASP.NET makes it, by the name that stands beside what is encrypted.</summary>
internal sealed class KeyDecryption(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => KeyEncryption.Decrypt(services.GetRequiredService<KeyCipher>(), encryptedElement);
}
