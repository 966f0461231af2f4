using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;

namespace Newsletter.Backups;

/// <summary>
/// An OpenPGP message (RFC 9580) encrypted with a passphrase: AES-256, a key of the passphrase by 65 million octets of SHA-256,
/// and a modification detection code. Of the forms that gpg 2.2 opens, it is the strongest: <c>gpg --decrypt FILE | tar tv</c>.
/// </summary>
internal static class EncryptedFile
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Coded as RFC 9580 section 3.7.1.3 has it: the most that fits.</summary>
    private const int S2kCount = 0xFF;

    /// <summary>Octets of the packet that says how the passphrase becomes a key.</summary>
    private const int PassphrasePacket = 15;

    /// <summary>And as many of the next as may come before its version.</summary>
    private const int HeaderLength = PassphrasePacket + 7;

    /// <param name="output">Left open.</param>
    /// <param name="write">Writes the content.</param>
    public static async Task WriteAsync(Stream output, Passphrase passphrase, string name, DateTimeOffset at, Func<Stream, Task> write)
    {
        var generator = new PgpEncryptedDataGenerator(SymmetricKeyAlgorithmTag.Aes256, withIntegrityPacket: true, new SecureRandom());
        generator.AddMethodRaw(passphrase.Bytes, HashAlgorithmTag.Sha256, S2kCount);
        await using var encrypted = generator.Open(output, new byte[BufferSize]);
        await using var content = new PgpLiteralDataGenerator().Open(encrypted, PgpLiteralData.Binary, name, at.UtcDateTime, new byte[BufferSize]);
        await write(content);
    }

    /// <param name="file">Can be sought in.</param>
    /// <param name="target">Holds what nobody must use unless this returned: only then is it known to be what was written.</param>
    /// <param name="name">Of the file, for what is said of it.</param>
    /// <exception cref="Refusal">Invalid: no backup, another passphrase, cut off or changed.</exception>
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
    /// Looked at before the library does: an octet changed there can ask for another function of the passphrase, which would want
    /// as many gigabytes as the next octet says, and a version that nobody knows is taken for the first.
    /// </summary>
    private static bool CheckHeader(Stream file, string name)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        var read = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        file.Position = 0;
        return read == HeaderLength && IsPassphrasePacket(header) && IsEncryptedData(header[PassphrasePacket..]) ? true : throw NoBackup(name);
    }

    /// <summary>In the new form or the old; of 13 octets, version 4, any algorithm, salted and iterated.</summary>
    private static bool IsPassphrasePacket(ReadOnlySpan<byte> packet) =>
        packet[0] is 0xC3 or 0x8C && packet[1] == PassphrasePacket - 2 && packet[2] == 4 && packet[4] == 3;

    /// <summary>In the new form, the only one that has this number; version 1 after one, two or five octets of length.</summary>
    private static bool IsEncryptedData(ReadOnlySpan<byte> packet) =>
        packet[0] == 0xD2 && packet[packet[1] switch { < 192 => 2, < 224 => 3, < 255 => 2, _ => 6 }] == 1;

    private static PgpPbeEncryptedData Encrypted(Stream file, string name) =>
        new PgpObjectFactory(file).NextPgpObject() is PgpEncryptedDataList { Count: 1 } list && list[0] is PgpPbeEncryptedData encrypted
            ? encrypted
            : throw NoBackup(name);

    private static Stream Content(Stream decrypted)
    {
        var content = new PgpObjectFactory(decrypted).NextPgpObject();
        // Ours is not compressed; that of one who encrypted it anew with gpg is.
        if (content is PgpCompressedData compressed)
        {
            content = new PgpObjectFactory(compressed.GetDataStream()).NextPgpObject();
        }
        return ((PgpLiteralData)content).GetInputStream();
    }

    /// <summary>What is read here may be anything, and the library answers to that with exceptions of any kind.</summary>
    private static T Attempt<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (PgpDataValidationException)
        {
            throw Refusal.Invalid($"'{name}' does not open with this passphrase: it is another one, or the beginning of the file was changed.");
        }
        catch (Exception damaged) when (damaged is not Refusal)
        {
            throw Damaged(name, damaged);
        }
    }

    private static Refusal Damaged(string name, Exception? cause) =>
        Refusal.Invalid(
            $"'{name}' is cut off or was changed since it was made, or the passphrase is another one: nothing was restored, take another copy.", cause);

    private static Refusal NoBackup(string name) => Refusal.Invalid($"'{name}' is no backup: 'newsletter backup' did not make it.");
}
