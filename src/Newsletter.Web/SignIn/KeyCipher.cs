using System.Security.Cryptography;
using System.Text;
using Newsletter.Links;

namespace Newsletter.Web.SignIn;

/// <summary>
/// Encrypts secrets in the database with a key that is not in the database: it is derived from the newest signing key. All web
/// processes have the same signing keys. Older signing keys can still decrypt. Format: AES-256-GCM; nonce, tag, encrypted text.
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

    /// <summary>The text, and whether the newest key encrypted it. Null if none of the keys can decrypt it.</summary>
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
                aes.Decrypt(
                    closed.AsSpan(0, NonceBytes), closed.AsSpan(NonceBytes + TagBytes, clear.Length), closed.AsSpan(NonceBytes, TagBytes), clear);
                return (Encoding.UTF8.GetString(clear), i == 0);
            }
            catch (AuthenticationTagMismatchException)
            {
                // Another key encrypted the text: try the next one.
            }
        }
        return null;
    }
}
