using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Newsletter.Web.SignIn;

namespace Newsletter.Web;

/// <summary>
/// Decrypts cookie keys. Stored keys name this type, with its namespace, in the attribute <c>decryptorType</c>: if it is renamed or moved,
/// they cannot be decrypted and all editors are signed out.
/// </summary>
internal sealed class KeyDecryption(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => KeyEncryption.Decrypt(services.GetRequiredService<KeyCipher>(), encryptedElement);
}
