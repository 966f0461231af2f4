using System.Security.Cryptography;
using System.Text;

namespace Newsletter.Links;

/// <summary>The keys of signed links: the newest key signs, all keys verify.</summary>
public sealed class SigningKeys
{
    private const int MinLength = 32;

    /// <param name="keys">Newest first, at least one.</param>
    /// <exception cref="Refusal">Invalid: no key, or one has fewer than 32 characters.</exception>
    public SigningKeys(IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
        {
            throw Refusal.Invalid("Site:SigningKeys contains no key.");
        }

        if (keys.FirstOrDefault(k => string.IsNullOrWhiteSpace(k) || k.Length < MinLength) is not null)
        {
            throw Refusal.Invalid($"Each of Site:SigningKeys must have at least {MinLength} random characters.");
        }

        All = [.. keys.Select(k => SHA256.HashData(Encoding.UTF8.GetBytes(k)))];
    }

    /// <summary>Derives keys for uses other than links: 32 bytes for each signing key, newest first (HKDF, RFC 5869).</summary>
    /// <param name="purpose">Name of the use. Never reuse a name for another use.</param>
    public IReadOnlyList<byte[]> Derive(string purpose) =>
        [.. All.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, outputLength: 32, info: Encoding.UTF8.GetBytes(purpose)))];

    /// <summary>32 bytes each, newest first.</summary>
    internal IReadOnlyList<byte[]> All { get; }
}
