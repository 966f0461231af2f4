using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;

namespace Newsletter.Backups;

/// <summary>
/// An OpenPGP message (RFC 9580) encrypted with a passphrase: AES-256, a key derived from the passphrase by hashing 65 million bytes
/// with SHA-256, and a modification detection code. This is the strongest format that gpg 2.2 supports:
/// <c>gpg --decrypt FILE | tar tv</c>.
/// </summary>
internal static class EncryptedFile
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Iteration count, encoded as in RFC 9580 section 3.7.1.3: the maximum.</summary>
    private const int MaxS2kCount = 0xFF;

    /// <summary>Size in bytes of the first packet (symmetric-key encrypted session key), which describes the key derivation.</summary>
    private const int PassphrasePacket = 15;

    /// <summary>In bytes: the first packet, and the second one up to and including its version.</summary>
    private const int HeaderLength = PassphrasePacket + 7;

    /// <param name="output">Stays open.</param>
    /// <param name="write">Writes the plaintext to the given stream.</param>
    /// <param name="s2kCount">Tests that read one file a hundred times use a cheaper key derivation.</param>
    public static async Task WriteAsync(
        Stream output, Passphrase passphrase, string name, DateTimeOffset at, Func<Stream, Task> write, int s2kCount = MaxS2kCount)
    {
        var generator = new PgpEncryptedDataGenerator(SymmetricKeyAlgorithmTag.Aes256, withIntegrityPacket: true, new SecureRandom());
        generator.AddMethodRaw(passphrase.Bytes, HashAlgorithmTag.Sha256, s2kCount);
        await using var encrypted = generator.Open(output, new byte[BufferSize]);
        await using var content = new PgpLiteralDataGenerator().Open(encrypted, PgpLiteralData.Binary, name, at.UtcDateTime, new byte[BufferSize]);
        await write(content);
    }

    /// <param name="file">Must be seekable.</param>
    /// <param name="target">Do not use its content unless this method returns: only then is its integrity verified.</param>
    /// <param name="name">File name for error messages.</param>
    /// <exception cref="Refusal">Invalid: not a backup, wrong passphrase, truncated or modified.</exception>
    public static async Task ReadAsync(Stream file, Passphrase passphrase, Stream target, string name, CancellationToken cancel)
    {
        Attempt(name, () => CheckHeader(file, name));
        var encrypted = Attempt(name, () => Encrypted(file, name));
        var decrypted = Attempt(name, () => encrypted.GetDataStreamRaw(passphrase.Bytes));
        using var content = Attempt(name, () => Content(decrypted));
        var buffer = new byte[BufferSize];
        while (Attempt(name, () => content.Read(buffer)) is var read and > 0)
        {
            cancel.ThrowIfCancellationRequested();
            await target.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
        Attempt(name, () => encrypted.IsIntegrityProtected() && encrypted.Verify() && file.Position == file.Length ? true : throw Damaged(name, null));
    }

    /// <summary>
    /// Validates the header before the library parses it. One changed byte could select another key derivation function, which would
    /// allocate as many gigabytes as the next byte says; and the library treats an unknown version as version 1.
    /// </summary>
    private static bool CheckHeader(Stream file, string name)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        var read = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        file.Position = 0;
        return read == HeaderLength && IsPassphrasePacket(header) && IsEncryptedData(header[PassphrasePacket..]) ? true : throw NoBackup(name);
    }

    /// <summary>New or old packet format; 13 bytes, version 4, any algorithm, S2K type 3 (iterated and salted).</summary>
    private static bool IsPassphrasePacket(ReadOnlySpan<byte> packet) =>
        packet[0] is 0xC3 or 0x8C && packet[1] == PassphrasePacket - 2 && packet[2] == 4 && packet[4] == 3;

    /// <summary>New packet format (the old one cannot have this tag); version 1 after a length of one, two or five bytes.</summary>
    private static bool IsEncryptedData(ReadOnlySpan<byte> packet) =>
        packet[0] == 0xD2 && packet[packet[1] switch { < 192 => 2, < 224 => 3, < 255 => 2, _ => 6 }] == 1;

    private static PgpPbeEncryptedData Encrypted(Stream file, string name) =>
        new PgpObjectFactory(file).NextPgpObject() is PgpEncryptedDataList { Count: 1 } list && list[0] is PgpPbeEncryptedData encrypted
            ? encrypted
            : throw NoBackup(name);

    private static Stream Content(Stream decrypted)
    {
        var content = new PgpObjectFactory(decrypted).NextPgpObject();
        // We do not compress, but gpg does if the operator re-encrypted the backup.
        if (content is PgpCompressedData compressed)
        {
            content = new PgpObjectFactory(compressed.GetDataStream()).NextPgpObject();
        }
        return ((PgpLiteralData)content).GetInputStream();
    }

    /// <summary>Converts exceptions to a refusal: the input may be arbitrary bytes, for which the library throws exceptions of any type.</summary>
    private static T Attempt<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (PgpDataValidationException)
        {
            throw Refusal.Invalid($"'{name}' cannot be decrypted: the passphrase is wrong, or the beginning of the file was changed.");
        }
        catch (Exception damaged) when (damaged is not Refusal)
        {
            throw Damaged(name, damaged);
        }
    }

    private static Refusal Damaged(string name, Exception? cause) =>
        Refusal.Invalid(
            $"'{name}' is truncated or was changed, or the passphrase is wrong: nothing was restored; use another copy.", cause);

    private static Refusal NoBackup(string name) => Refusal.Invalid($"'{name}' is not a backup made by 'newsletter backup'.");
}
