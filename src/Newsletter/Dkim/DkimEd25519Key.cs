using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Newsletter.Dkim;

/// <summary>
/// Ed25519 (RFC 8463), implemented by BouncyCastle, a dependency of MimeKit, because .NET has no implementation. Few receivers support
/// it yet, so use it in addition to an RSA key.
/// </summary>
internal sealed class DkimEd25519Key(DkimKeyOptions options, Ed25519PrivateKeyParameters key) : DkimKey(options)
{
    private readonly byte[] secret = key.GetEncoded();
    private readonly byte[] published = key.GeneratePublicKey().GetEncoded();

    public override string Algorithm => "ed25519-sha256";

    public override string Record => $"v=DKIM1; k=ed25519; p={Convert.ToBase64String(published)}";

    internal override int SignatureLength => Ed25519.SignatureSize;

    internal override void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        var made = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(secret, 0, published, 0, hash.ToArray(), 0, hash.Length, made, 0);
        made.CopyTo(signature);
    }
}
