using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Newsletter.Links;

/// <summary>
/// Reads tokens of the format used before rows had secrets: the base64url of purpose (1 byte), subscriber (8), edition, notice or time
/// of issue (8) and a truncated HMAC-SHA256 (16). They are no longer written, but people keep mails with such links for years.
/// </summary>
internal static class OldToken
{
    private const int Length = 44;

    /// <summary>
    /// 1 in 32 tokens ends in - or _, 1 in 1,024 in two of them. 1 in 32,768 ends in three, which is not handled.
    /// </summary>
    private static readonly string[] Endings = ["-", "_", "--", "-_", "_-", "__"];
    private const int SignedBytes = 17;
    private const int Bytes = 33;

    /// <summary>
    /// Also reads a token with up to two characters missing or added at the end: mail programs that detect links in plain text omit a
    /// trailing - or _, or include one that belongs to the text.
    /// </summary>
    /// <param name="keys">32 bytes each.</param>
    public static SignedLink? Read(IReadOnlyList<byte[]> keys, LinkPurpose purpose, string? text) => text switch
    {
        null => null,
        { Length: Length - 1 or Length - 2 } => Endings.Where(ending => text.Length + ending.Length == Length)
            .Select(ending => ReadWhole(keys, purpose, text + ending)).FirstOrDefault(link => link is not null),
        { Length: Length + 1 or Length + 2 } when text.AsSpan(Length).IndexOfAnyExcept("-_") < 0 => ReadWhole(keys, purpose, text.AsSpan(0, Length)),
        _ => ReadWhole(keys, purpose, text),
    };

    private static SignedLink? ReadWhole(IReadOnlyList<byte[]> keys, LinkPurpose purpose, ReadOnlySpan<char> text)
    {
        Span<byte> token = stackalloc byte[Bytes];
        if (text.Length != Length || Base64Url.DecodeFromChars(text, token, out _, out var written) != OperationStatus.Done
            || written != Bytes || token[0] != (byte)purpose || !IsSigned(keys, token))
        {
            return null;
        }
        var subscriber = BinaryPrimitives.ReadInt64BigEndian(token[1..]);
        var number = BinaryPrimitives.ReadInt64BigEndian(token[9..]);
        return purpose is LinkPurpose.Export or LinkPurpose.Erase
            ? new SignedLink(purpose, new RowKey(number, 0), subscriber, IsOldForm: true)
            : new SignedLink(purpose, new RowKey(subscriber, 0), number, IsOldForm: true);
    }

    private static bool IsSigned(IReadOnlyList<byte[]> keys, ReadOnlySpan<byte> token)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, token[..SignedBytes], mac);
            if (CryptographicOperations.FixedTimeEquals(mac[..(Bytes - SignedBytes)], token[SignedBytes..]))
            {
                return true;
            }
        }
        return false;
    }
}
