using System.Security.Cryptography;
using System.Text;
using Newsletter.Addresses;

namespace Newsletter.Web;

/// <summary>
/// Encrypts secrets that lie in the database with a key that does not: it is derived from the newest signing key. All web
/// processes have the same, and older signing keys still decrypt. AES-256-GCM; a nonce, the tag, and the text.
/// </summary>
internal sealed class KeyCipher(SigningKeys signing)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly IReadOnlyList<byte[]> keys = signing.Derive("data protection keys");

    public string Encrypt(string text)
    {
        var clear = Encoding.UTF8.GetBytes(text);
        var closed = new byte[NonceBytes + TagBytes + clear.Length];
        RandomNumberGenerator.Fill(closed.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(keys[0], TagBytes);
        aes.Encrypt(closed.AsSpan(0, NonceBytes), clear, closed.AsSpan(NonceBytes + TagBytes), closed.AsSpan(NonceBytes, TagBytes));
        return Convert.ToBase64String(closed);
    }

    /// <summary>The text, and whether it was encrypted with the newest key; null when none of ours did.</summary>
    public (string Text, bool IsNewest)? TryDecrypt(string text)
    {
        var closed = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, closed, out var length) || length < NonceBytes + TagBytes)
        {
            return null;
        }
        var clear = new byte[length - NonceBytes - TagBytes];
        for (var i = 0; i < keys.Count; i++)
        {
            using var aes = new AesGcm(keys[i], TagBytes);
            try
            {
                aes.Decrypt(closed.AsSpan(0, NonceBytes), closed.AsSpan(NonceBytes + TagBytes, clear.Length), closed.AsSpan(NonceBytes, TagBytes), clear);
                return (Encoding.UTF8.GetString(clear), i == 0);
            }
            catch (AuthenticationTagMismatchException)
            {
                // Not this one.
            }
        }
        return null;
    }
}
