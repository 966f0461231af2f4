using System.Security.Cryptography;
using System.Text;

namespace Newsletter.Accounts;

/// <summary>A random secret for a link or a cookie. Only its hash is stored.</summary>
internal static class RandomToken
{
    private const int Bytes = 32;

    /// <summary>In characters. A longer text cannot be a token and need not be hashed.</summary>
    public const int MaxLength = 100;

    /// <summary>64 hexadecimal digits. Not base64url, because plain-text mail programs omit a trailing hyphen from a link.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
