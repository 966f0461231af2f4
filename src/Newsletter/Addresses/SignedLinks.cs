using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Newsletter.Addresses;

/// <summary>
/// Absolute addresses that carry their own permission. A token is the base64url of 33 bytes: purpose (1), subscriber (8),
/// edition, notice or time of issue (8), truncated HMAC-SHA256 (16, RFC 2104 section 5). 33 bytes fill 44 characters without a
/// bit to spare, so there is one spelling of each token.
/// </summary>
public sealed class SignedLinks(SigningKeys keys, SiteOptions site, TimeProvider time)
{
    /// <summary>Characters in every token.</summary>
    public const int TokenLength = 44;

    private const int SignedBytes = 17;
    private const int Bytes = 33;
    private static readonly TimeSpan ConfirmFor = TimeSpan.FromDays(7);
    private static readonly TimeSpan ReturnFor = TimeSpan.FromDays(30);

    private readonly string confirm = site.Root() + "/confirm/";
    private readonly string preferences = site.Root() + "/preferences/";
    private readonly string unsubscribe = site.Root() + "/unsubscribe/";
    private readonly string view = site.Root() + "/view/";
    private readonly string export = site.Root() + "/export/";
    private readonly string erase = site.Root() + "/erase/";

    /// <summary>Good for seven days.</summary>
    public string Confirm(long subscriberId) =>
        Link(confirm, LinkPurpose.Confirm, subscriberId, time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>The way back of one who left; good for thirty days.</summary>
    public string Return(long subscriberId) =>
        Link(confirm, LinkPurpose.Return, subscriberId, time.GetUtcNow().ToUnixTimeSeconds());

    public string Preferences(long subscriberId) => Link(preferences, LinkPurpose.Preferences, subscriberId, 0);

    /// <summary>Never expires: an old mail must still let its reader go.</summary>
    public string Unsubscribe(long subscriberId, long editionId) => Link(unsubscribe, LinkPurpose.Unsubscribe, subscriberId, editionId);

    public string View(long subscriberId, long editionId) => Link(view, LinkPurpose.View, subscriberId, editionId);

    /// <summary>How long it is good is for the notice's row to say; likewise of <see cref="Erase"/>.</summary>
    public string Export(long subscriberId, long noticeId) => Link(export, LinkPurpose.Export, subscriberId, noticeId);

    public string Erase(long subscriberId, long noticeId) => Link(erase, LinkPurpose.Erase, subscriberId, noticeId);

    /// <returns>Null for anything that this installation did not sign for this purpose, or that has expired.</returns>
    public SignedLink? Read(LinkPurpose purpose, string? token)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (token?.Length != TokenLength
            || Base64Url.DecodeFromChars(token, bytes, out _, out var written) != OperationStatus.Done
            || written != Bytes || bytes[0] != (byte)purpose || !IsSigned(bytes))
        {
            return null;
        }
        var subscriber = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        var number = BinaryPrimitives.ReadInt64BigEndian(bytes[9..]);
        return purpose switch
        {
            LinkPurpose.Confirm => IsYoung(number, ConfirmFor) ? new(purpose, subscriber, null) : null,
            LinkPurpose.Return => IsYoung(number, ReturnFor) ? new(purpose, subscriber, null) : null,
            LinkPurpose.Export or LinkPurpose.Erase => new(purpose, subscriber, null, number),
            LinkPurpose.Preferences => new(purpose, subscriber, null),
            _ => new(purpose, subscriber, number),
        };
    }

    /// <param name="issued">In seconds since 1970.</param>
    private bool IsYoung(long issued, TimeSpan most) => time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(issued) <= most;

    private bool IsSigned(ReadOnlySpan<byte> token)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in keys.All)
        {
            HMACSHA256.HashData(key, token[..SignedBytes], mac);
            if (CryptographicOperations.FixedTimeEquals(mac[..(Bytes - SignedBytes)], token[SignedBytes..]))
            {
                return true;
            }
        }
        return false;
    }

    // Called for every mail: nothing is allocated but the address itself.
    private string Link(string prefix, LinkPurpose purpose, long subscriber, long number) =>
        string.Create(prefix.Length + TokenLength, (prefix, key: keys.All[0], purpose, subscriber, number), static (target, s) =>
        {
            Span<byte> token = stackalloc byte[Bytes];
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            token[0] = (byte)s.purpose;
            BinaryPrimitives.WriteInt64BigEndian(token[1..], s.subscriber);
            BinaryPrimitives.WriteInt64BigEndian(token[9..], s.number);
            HMACSHA256.HashData(s.key, token[..SignedBytes], mac);
            mac[..(Bytes - SignedBytes)].CopyTo(token[SignedBytes..]);
            s.prefix.CopyTo(target);
            Base64Url.EncodeToChars(token, target[s.prefix.Length..]);
        });
}
