using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Newsletter.Dkim;

/// <summary>RSA by OpenSSL: a 2048-bit signature takes less than a millisecond; managed code takes ten times as long.</summary>
internal sealed class DkimRsaKey : DkimKey
{
    // Limits of RFC 8301, 3.2.
    private const int MinBits = 1024;
    private const int RecommendedBits = 2048;
    private const int MaxBits = 4096;

    // RSA instances are not thread-safe, so idle ones are pooled.
    private readonly ConcurrentBag<RSA> idle = [];
    private readonly RSAParameters parameters;
    private readonly int bits;

    /// <exception cref="Refusal">Invalid: fewer than 1024 or more than 4096 bits.</exception>
    /// <exception cref="CryptographicException">A test signature does not verify: the parts of the key do not match.</exception>
    public DkimRsaKey(DkimKeyOptions options, RSA key)
        : base(options)
    {
        bits = key.KeySize;
        if (bits is < MinBits or > MaxBits)
        {
            throw Refusal.Invalid($"The key in {options.KeyFile} has {bits} bits, which receivers do not accept: make one of {RecommendedBits}.");
        }
        parameters = key.ExportParameters(includePrivateParameters: true);
        Record = $"v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}";
        var hash = SHA256.HashData([]);
        var signature = new byte[SignatureLength];
        Sign(hash, signature);
        if (!key.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            throw new CryptographicException("its parts do not match");
        }
    }

    public override string Algorithm => "rsa-sha256";

    public override string Record { get; }

    public override string? Weakness => bits < RecommendedBits ? $"it has {bits} bits: make one of {RecommendedBits}, which receivers trust" : null;

    internal override int SignatureLength => (bits + 7) / 8;

    internal override void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        var key = idle.TryTake(out var used) ? used : RSA.Create(parameters);
        key.SignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        idle.Add(key);
    }
}
