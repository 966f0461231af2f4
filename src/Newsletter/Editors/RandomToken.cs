using System.Security.Cryptography;
using System.Text;

namespace Newsletter.Editors;

/// <summary>A secret that cannot be guessed, for a link or a cookie. Its hash is what is kept.</summary>
internal static class RandomToken
{
    private const int Bytes = 32;

    /// <summary>What is longer is not one.</summary>
    public const int MaxLength = 100;

    /// <summary>In hexadecimal: text mail programs leave a final hyphen out of a link.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
