using System.Text;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Cryptography;
using Newsletter.Dkim;
using Org.BouncyCastle.Crypto;
using DkimSigner = Newsletter.Dkim.DkimSigner;

namespace Newsletter.Tests.Dkim;

/// <summary>A signed mail as it goes over the wire, verified by MimeKit with the records that are to be published.</summary>
internal sealed class DkimMail(DkimSigner signer, byte[] wire)
{
    public static readonly DateTimeOffset SignedAt = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    public string Text => Encoding.Latin1.GetString(wire);

    public MimeMessage Message => MimeMessage.Load(new MemoryStream(wire));

    /// <summary>The value of <c>h=</c> without white space; of the first signature.</summary>
    public string[] SignedNames =>
        string.Concat(Tag("h").Where(letter => !char.IsWhiteSpace(letter))).Split(':');

    public static DkimSigner Signer(params DkimKeyOptions[] keys) => new(Options.Create(new DkimOptions { Keys = keys }));

    public static DkimMail Sign(DkimSigner signer, string head, params IReadOnlyList<ReadOnlyMemory<byte>> body) =>
        new(signer,
        [
            .. signer.Sign(Encoding.Latin1.GetBytes(head), body, SignedAt), .. Encoding.Latin1.GetBytes(head), .. "\r\n"u8,
            .. body.SelectMany(segment => segment.ToArray()),
        ]);

    public static ReadOnlyMemory<byte> Octets(string latin1) => Encoding.Latin1.GetBytes(latin1);

    public string Tag(string name) => Message.Headers[HeaderId.DkimSignature]!.Split(';').Select(tag => tag.Trim())
        .First(tag => tag.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    public DkimMail With(byte[] other) => new(signer, other);

    /// <returns>Whether each signature, in order, holds.</returns>
    public async Task<IReadOnlyList<bool>> VerifyAsync()
    {
        var verifier = new DkimVerifier(new PublishedKeys(signer.Keys));
        var message = Message;
        var results = new List<bool>();
        foreach (var signature in message.Headers.Where(header => header.Id == HeaderId.DkimSignature))
        {
            results.Add(await verifier.VerifyAsync(message, signature));
        }
        return results;
    }

    private sealed class PublishedKeys(IReadOnlyList<DkimKey> keys) : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            GetPublicKey(keys.First(key => key.RecordName == $"{selector}._domainkey.{domain}").Record);

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(
            string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
