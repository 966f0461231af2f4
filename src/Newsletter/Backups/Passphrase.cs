using System.Text;

namespace Newsletter.Backups;

/// <summary>The passphrase of a backup: the exact bytes from a file or terminal, at most 4096. Never printed.</summary>
public sealed class Passphrase
{
    public const int MinLength = 12;
    private const int MaxBytes = 4096;

    private Passphrase(byte[] bytes) => Bytes = bytes;

    internal byte[] Bytes { get; }

    /// <exception cref="Refusal">Invalid: empty, or too long.</exception>
    public static Passphrase Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The first line of a file, as gpg reads it; without a byte order mark.</summary>
    /// <exception cref="Refusal">Invalid: empty, or too long.</exception>
    public static Passphrase FirstLine(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(Encoding.UTF8.Preamble))
        {
            file = file[Encoding.UTF8.Preamble.Length..];
        }
        var end = file.IndexOfAny((byte)'\n', (byte)'\r');
        return Of(end < 0 ? file : file[..end]);
    }

    /// <summary>Reads the first line of a file or pipe. Reads at most the maximum length of a passphrase.</summary>
    public static async Task<Passphrase> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            // Opening a pipe blocks until another process opens it for writing.
            return await Task.Run(() => ReadFile(path), CancellationToken.None).WaitAsync(cancel);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Refusal.Invalid($"The passphrase file '{path}' cannot be read ({failure.Message.TrimEnd('.')}).");
        }
    }

    /// <summary>Checks the minimum length. Only for new backups: an existing backup may have a shorter passphrase.</summary>
    /// <exception cref="Refusal">Invalid: fewer than 12 characters.</exception>
    public Passphrase LongEnough() => Encoding.UTF8.GetString(Bytes).EnumerateRunes().Count() >= MinLength
        ? this
        : throw Refusal.Invalid(
            $"The passphrase of a backup has {MinLength} characters or more: an attacker who has the file can try any number of passphrases.");

    public bool Is(Passphrase other) => Bytes.AsSpan().SequenceEqual(other.Bytes);

    private static Passphrase Of(ReadOnlySpan<byte> bytes) => bytes.Length is > 0 and <= MaxBytes
        ? new Passphrase(bytes.ToArray())
        : throw Refusal.Invalid(bytes.Length == 0 ? "The passphrase is empty." : $"A passphrase has at most {MaxBytes} octets.");

    private static Passphrase ReadFile(string path)
    {
        using var file = InputFile.OpenRead(path);
        var bytes = new byte[MaxBytes + 1];
        return FirstLine(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
    }
}
