using System.Security.Cryptography;
using System.Text;

namespace Newsletter.Accounts;

/// <summary>A random secret for a link or a cookie. Only its hash is stored.</summary>
internal static class RandomToken
{
    private const int Bytes = 32;

    /// <summary>A longer text cannot be a token, and is not hashed.</summary>
    public const int MaxLength = 100;

    /// <summary>Hexadecimal, because text mail programs leave a final hyphen out of a link.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
