using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Newsletter.Links;

/// <summary>
/// An encrypted and authenticated token: the base64url of 48 bytes, then the version digit 2. With a digit at the end, the token never
/// ends in a character that plain-text mail programs omit from links. It contains four 64-bit numbers: a row's id and secret, and two
/// more. Encryption uses a synthetic initialisation vector as in RFC 5297, but with HMAC-SHA256 (RFC 2104) in place of AES. It is
/// deterministic: the same numbers give the same token, so a mail that is built again is identical. The purpose is authenticated but
/// not contained.
/// </summary>
public sealed class SealedToken
{
    public const int Length = 65;
    private const char Version = '2';
    private const int VectorBytes = 16;
    private const int NumberBytes = 32;
    private const int Bytes = VectorBytes + NumberBytes;
    private readonly byte[] vectorKey;
    private readonly byte[] streamKey;

    /// <param name="key">32 bytes.</param>
    public SealedToken(ReadOnlySpan<byte> key)
    {
        vectorKey = HMACSHA256.HashData(key, "link token: vector"u8);
        streamKey = HMACSHA256.HashData(key, "link token: stream"u8);
    }

    /// <summary>Writes the token. Called for every mail, so it does not allocate.</summary>
    /// <param name="target">Receives <see cref="Length"/> characters.</param>
    public void Write(Span<char> target, LinkPurpose purpose, RowKey row, long number, long second)
    {
        Span<byte> token = stackalloc byte[Bytes];
        var numbers = token[VectorBytes..];
        BinaryPrimitives.WriteInt64BigEndian(numbers, row.Id);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], row.Secret);
        BinaryPrimitives.WriteInt64BigEndian(numbers[16..], number);
        BinaryPrimitives.WriteInt64BigEndian(numbers[24..], second);
        Vector(purpose, numbers, token[..VectorBytes]);
        Crypt(token);
        Base64Url.EncodeToChars(token, target);
        target[Length - 1] = Version;
    }

    /// <returns>Null unless the text is a token made with this key for this purpose.</returns>
    public SignedLink? Read(LinkPurpose purpose, ReadOnlySpan<char> text)
    {
        Span<byte> token = stackalloc byte[Bytes];
        if (text.Length != Length || text[^1] != Version
            || Base64Url.DecodeFromChars(text[..^1], token, out _, out var written) != OperationStatus.Done || written != Bytes)
        {
            return null;
        }
        Crypt(token);
        var numbers = token[VectorBytes..];
        Span<byte> vector = stackalloc byte[VectorBytes];
        Vector(purpose, numbers, vector);
        return !CryptographicOperations.FixedTimeEquals(vector, token[..VectorBytes]) ? null : new SignedLink(
            purpose, new RowKey(BinaryPrimitives.ReadInt64BigEndian(numbers), BinaryPrimitives.ReadInt64BigEndian(numbers[8..])),
            BinaryPrimitives.ReadInt64BigEndian(numbers[16..]), BinaryPrimitives.ReadInt64BigEndian(numbers[24..]));
    }

    private void Vector(LinkPurpose purpose, ReadOnlySpan<byte> numbers, Span<byte> vector)
    {
        Span<byte> signed = stackalloc byte[1 + NumberBytes];
        signed[0] = (byte)purpose;
        numbers.CopyTo(signed[1..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(vectorKey, signed, mac);
        mac[..VectorBytes].CopyTo(vector);
    }

    /// <summary>Encrypts or decrypts in place, by XOR with a key stream of the same length as the numbers (32 bytes).</summary>
    private void Crypt(Span<byte> token)
    {
        Span<byte> stream = stackalloc byte[NumberBytes];
        HMACSHA256.HashData(streamKey, token[..VectorBytes], stream);
        for (var i = 0; i < NumberBytes; i++)
        {
            token[VectorBytes + i] ^= stream[i];
        }
    }
}
