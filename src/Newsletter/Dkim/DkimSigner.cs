using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Newsletter.Dkim;

/// <summary>
/// Signs mails (RFC 6376, relaxed/relaxed, the whole body) with every configured key. Thread-safe: many connections use it
/// concurrently.
/// </summary>
public sealed class DkimSigner
{
    private const int LongestLine = 76;
    private const int OctetsInLine = 54; // 72 characters in Base64
    private const int LongestSignature = 512; // RSA of 4096 bits

    private readonly (DkimKey Key, byte[] Beginning)[] keys;
    private readonly ConcurrentBag<SigningBuffers> idleBuffers = [];

    /// <exception cref="Refusal">Invalid: a key is missing or cannot be used.</exception>
    public DkimSigner(IOptions<DkimOptions> options)
    {
        Keys = [.. options.Value.All().Select(DkimKeyFile.Read)];
        keys = [.. Keys.Select(key => (key, Encoding.ASCII.GetBytes(
            $"DKIM-Signature: v=1; a={key.Algorithm}; c=relaxed/relaxed;\r\n\td={key.Domain}; s={key.Selector};\r\n\tt=")))];
    }

    /// <summary>Empty: mails are not signed here.</summary>
    public IReadOnlyList<DkimKey> Keys { get; }

    /// <param name="head">Complete header fields, folded as they will be sent, each ending in CRLF, without the blank line after them.</param>
    /// <param name="body">The whole body in order, not dot-stuffed; line ends are CRLF.</param>
    /// <param name="time">Time of signing.</param>
    /// <returns>The <c>DKIM-Signature</c> fields of all keys, each ending in CRLF, to insert before the head. Empty without a key.</returns>
    public byte[] Sign(ReadOnlySpan<byte> head, IReadOnlyList<ReadOnlyMemory<byte>> body, DateTimeOffset time)
    {
        if (keys.Length == 0)
        {
            return [];
        }
        // If signing throws, the buffers are in an unknown state and do not return to the pool.
        var buffers = idleBuffers.TryTake(out var free) ? free : new SigningBuffers();
        var signatures = buffers.Sign(keys, head, body, time);
        idleBuffers.Add(buffers);
        return signatures;
    }

    /// <summary>Reusable buffers and hash state for one mail at a time.</summary>
    private sealed class SigningBuffers
    {
        private readonly IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly ArrayBufferWriter<byte> relaxed = new(4096);
        private readonly ArrayBufferWriter<byte> signatures = new(1024);
        private readonly ArrayBufferWriter<byte> own = new(1024);
        private readonly List<string> names = [];

        public byte[] Sign((DkimKey Key, byte[] Beginning)[] keys, ReadOnlySpan<byte> head, IReadOnlyList<ReadOnlyMemory<byte>> body, DateTimeOffset time)
        {
            relaxed.ResetWrittenCount();
            signatures.ResetWrittenCount();
            names.Clear();
            Span<byte> bodyHash = stackalloc byte[SHA256.HashSizeInBytes];
            DkimBody.Hash(body, sha, bodyHash);
            DkimHead.Write(head, relaxed, names);
            foreach (var (key, beginning) in keys)
            {
                Sign(key, beginning, bodyHash, time);
            }
            return signatures.WrittenSpan.ToArray();
        }

        private void Sign(DkimKey key, ReadOnlySpan<byte> beginning, ReadOnlySpan<byte> bodyHash, DateTimeOffset time)
        {
            var start = signatures.WrittenCount;
            signatures.Write(beginning);
            Utf8Formatter.TryFormat(time.ToUnixTimeSeconds(), signatures.GetSpan(20), out var digits);
            signatures.Advance(digits);
            signatures.Write("; bh="u8);
            WriteBase64(bodyHash);
            signatures.Write(";\r\n\th="u8);
            WriteNames();
            signatures.Write(";\r\n\tb="u8);

            // The DKIM-Signature field is signed too, with an empty b= value and without its line end.
            sha.AppendData(relaxed.WrittenSpan);
            own.ResetWrittenCount();
            DkimHead.WriteRelaxed(signatures.WrittenSpan[start..], own);
            sha.AppendData(own.WrittenSpan);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            sha.GetHashAndReset(hash);

            Span<byte> signature = stackalloc byte[LongestSignature];
            signature = signature[..key.SignatureLength];
            key.Sign(hash, signature);
            for (var rest = signature; ; signatures.Write("\r\n\t "u8))
            {
                var line = rest[..Math.Min(OctetsInLine, rest.Length)];
                WriteBase64(line);
                rest = rest[line.Length..];
                if (rest.IsEmpty)
                {
                    break;
                }
            }
            signatures.Write("\r\n"u8);
        }

        private void WriteNames()
        {
            var column = "\th=".Length;
            for (var i = 0; i < names.Count; i++)
            {
                if (i > 0)
                {
                    signatures.Write(":"u8);
                    if (column + names[i].Length > LongestLine)
                    {
                        signatures.Write("\r\n\t "u8);
                        column = 0;
                    }
                }
                signatures.Advance(Encoding.ASCII.GetBytes(names[i], signatures.GetSpan(names[i].Length)));
                column += names[i].Length + 1;
            }
        }

        private void WriteBase64(ReadOnlySpan<byte> octets)
        {
            Base64.EncodeToUtf8(octets, signatures.GetSpan(Base64.GetMaxEncodedToUtf8Length(octets.Length)), out _, out var written);
            signatures.Advance(written);
        }
    }
}
