using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Newsletter.Tests.Backups;

/// <summary>
/// Opens an OpenPGP message by what RFC 9580 says of packets (4.2), string-to-key (3.7.1.3) and SEIPD version 1 (5.13.1), with nothing
/// of the library that the program uses.
/// </summary>
internal static class ByTheStandard
{
    public static byte[] Decrypt(byte[] message, byte[] passphrase)
    {
        var at = 0;
        var (tag, header) = Packet(message, ref at);
        Assert.Equal((3, 13, 4, 9, 3, 8), (tag, header.Length, header[0], header[1], header[2], header[3]));
        var key = Key(passphrase, header[4..12], header[12]);
        (tag, var body) = Packet(message, ref at);
        Assert.Equal((18, 1, message.Length), (tag, body[0], at));

        var clear = Cfb(key, body[1..]);
        Assert.Equal(clear[14..16], clear[16..18]);
        Assert.Equal(SHA1.HashData(clear[..^20]), clear[^20..]);
        Assert.Equal([0xD3, 0x14], clear[^22..^20]);
        at = 18;
        (tag, var literal) = Packet(clear, ref at);
        Assert.Equal((11, (byte)'b', clear.Length - 22), (tag, literal[0], at));
        return literal[(2 + literal[1] + 4)..];
    }

    private static byte[] Key(byte[] passphrase, byte[] salt, byte coded)
    {
        var count = (16 + (coded & 15)) << ((coded >> 4) + 6);
        byte[] once = [.. salt, .. passphrase];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = count; left > 0; left -= once.Length)
        {
            hash.AppendData(once, 0, Math.Min(left, once.Length));
        }
        return hash.GetHashAndReset();
    }

    private static byte[] Cfb(byte[] key, byte[] encrypted)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var clear = new byte[encrypted.Length];
        var feedback = new byte[16];
        for (var i = 0; i < encrypted.Length; i += 16)
        {
            var mask = aes.EncryptEcb(feedback, PaddingMode.None);
            for (var j = i; j < Math.Min(i + 16, encrypted.Length); j++)
            {
                clear[j] = (byte)(encrypted[j] ^ mask[j - i]);
                feedback[j - i] = encrypted[j];
            }
        }
        return clear;
    }

    private static (int Tag, byte[] Body) Packet(byte[] bytes, ref int at)
    {
        var first = bytes[at++];
        if ((first & 0x40) == 0)
        {
            Assert.Equal(0, first & 3);
            int length = bytes[at++];
            return ((first >> 2) & 15, bytes[at..(at += length)]);
        }
        var body = new List<byte>();
        while (true)
        {
            int octet = bytes[at++];
            var length = octet switch
            {
                < 192 => octet,
                < 224 => ((octet - 192) << 8) + bytes[at++] + 192,
                255 => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan((at += 4) - 4, 4)),
                _ => 1 << (octet & 31),
            };
            body.AddRange(bytes[at..(at += length)]);
            if (octet is < 224 or 255)
            {
                return (first & 63, [.. body]);
            }
        }
    }
}
