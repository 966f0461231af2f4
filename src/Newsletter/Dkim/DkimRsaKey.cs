using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Newsletter.Dkim;

/// <summary>RSA by OpenSSL: a signature of 2048 bits takes less than a millisecond, and ten times that in managed code.</summary>
internal sealed class DkimRsaKey : DkimKey
{
    // RFC 8301, 3.2
    private const int FewestBits = 1024;
    private const int EnoughBits = 2048;
    private const int MostBits = 4096;

    // One RSA may not be used by two threads at once.
    private readonly ConcurrentBag<RSA> idle = [];
    private readonly RSAParameters parameters;
    private readonly int bits;

    /// <exception cref="Refusal">Invalid: too short, or too long.</exception>
    /// <exception cref="CryptographicException">What it signs it does not verify.</exception>
    public DkimRsaKey(DkimKeyOptions options, RSA key)
        : base(options)
    {
        bits = key.KeySize;
        if (bits is < FewestBits or > MostBits)
        {
            throw Refusal.Invalid($"The key in {options.KeyFile} has {bits} bits, which receivers do not accept: make one of {EnoughBits}.");
        }
        parameters = key.ExportParameters(includePrivateParameters: true);
        Record = $"v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}";
        var hash = SHA256.HashData([]);
        var signature = new byte[SignatureLength];
        Sign(hash, signature);
        if (!key.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            throw new CryptographicException("its parts do not belong together");
        }
    }

    public override string Algorithm => "rsa-sha256";

    public override string Record { get; }

    public override string? Weakness => bits < EnoughBits ? $"it has {bits} bits: make one of {EnoughBits}, which receivers trust" : null;

    internal override int SignatureLength => (bits + 7) / 8;

    internal override void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        var key = idle.TryTake(out var used) ? used : RSA.Create(parameters);
        key.SignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        idle.Add(key);
    }
}
