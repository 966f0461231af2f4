using System.Diagnostics;
using System.Security.Cryptography;
using Newsletter.Backups;

namespace Newsletter.Tests.Backups;

public sealed class EncryptedFileTests : IDisposable
{
    // Iteration counts as RFC 9580 encodes them: 65,536 bytes, and 65 million.
    private const int FastDerivation = 0x60;
    private const int SlowestDerivation = 0xFF;

    /// <summary>Of the iteration count: after two bytes of header, version, cipher, type and hash of the derivation, and eight bytes of salt.</summary>
    private const int CountOffset = 14;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-pgp-");
    private readonly Passphrase passphrase = Passphrase.Of("pässphrase with spaces");
    private readonly byte[] content = RandomNumberGenerator.GetBytes(200_000);

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public async Task What_was_written_is_read(int length)
    {
        var file = await WriteAsync(content[..length]);

        Assert.Equal(content[..length], await ReadAsync(file));
    }

    /// <summary>Nobody shall need this program to get at their data.</summary>
    [Fact]
    public async Task Gpg_opens_it()
    {
        var file = Path.Combine(folder.FullName, "file");
        await File.WriteAllBytesAsync(file, await WriteAsync(content));
        if (Gpg("--version") is not { } version)
        {
            // Without gpg on the machine, a reader of nothing but the standard's words stands in its place.
            Assert.Equal(content, ByTheStandard.Decrypt(await File.ReadAllBytesAsync(file), passphrase.Bytes));
            return;
        }
        Assert.StartsWith("gpg", version);
        var words = Path.Combine(folder.FullName, "passphrase");
        await File.WriteAllBytesAsync(words, passphrase.Bytes);

        Assert.NotNull(Gpg("--pinentry-mode", "loopback", "--passphrase-file", words, "--output", file + ".out", "--decrypt", file));

        Assert.Equal(content, await File.ReadAllBytesAsync(file + ".out"));
    }

    [Fact]
    public async Task A_reader_written_by_the_standard_opens_it() =>
        Assert.Equal(content, ByTheStandard.Decrypt(await WriteAsync(content), passphrase.Bytes));

    [Fact]
    public async Task What_gpg_encrypted_is_read_compressed_or_not()
    {
        var plain = Path.Combine(folder.FullName, "plain");
        var words = Path.Combine(folder.FullName, "passphrase");
        await File.WriteAllTextAsync(plain, new string('x', 100_000));
        await File.WriteAllBytesAsync(words, passphrase.Bytes);
        foreach (var compression in new[] { "none", "zip" })
        {
            if (Gpg("--version") is not null)
            {
                Assert.NotNull(Gpg("--pinentry-mode", "loopback", "--passphrase-file", words,
                    "--compress-algo", compression, "--yes", "--output", plain + ".gpg", "--symmetric", plain));
                Assert.Equal(await File.ReadAllBytesAsync(plain), await ReadAsync(await File.ReadAllBytesAsync(plain + ".gpg")));
            }
        }
    }

    [Fact]
    public async Task Another_passphrase_is_told_from_none()
    {
        var refused = await RefusedAsync(await WriteAsync(content), Passphrase.Of("pässphrase with space"));

        Assert.Contains("passphrase", refused.Message);
    }

    /// <summary>Every octet of the headers, then some of each part, the last ones among them.</summary>
    [Fact]
    public async Task One_changed_octet_anywhere_is_noticed()
    {
        var file = await WriteAsync(content, FastDerivation);
        var unnoticed = new List<int>();
        foreach (var offset in Enumerable.Range(0, 45).Concat([65_580, 131_100, 199_000]).Concat(Enumerable.Range(1, 24).Select(i => file.Length - i)))
        {
            var changed = file.ToArray();
            changed[offset] ^= 0x41;
            var failure = await Record.ExceptionAsync(() => ReadAsync(changed));
            if (failure is not Refusal { Kind: RefusalKind.Invalid })
            {
                unnoticed.Add(offset);
            }
        }
        Assert.Empty(unnoticed);
    }

    [Fact]
    public async Task A_file_cut_off_anywhere_or_with_something_behind_is_noticed()
    {
        var file = await WriteAsync(content, FastDerivation);
        foreach (var length in new[] { 0, 1, 4, 14, 15, 20, 40, 60, 65_536, 131_089, file.Length - 23, file.Length - 22, file.Length - 1 })
        {
            await RefusedAsync(file[..length], passphrase);
        }
        await RefusedAsync([.. file, 0], passphrase);
        await RefusedAsync([.. file, .. file], passphrase);
    }

    [Theory]
    [InlineData("-----BEGIN PGP MESSAGE-----")]
    [InlineData("PGDMP")]
    [InlineData("some text that is no backup at all, and longer than any header")]
    public async Task What_is_no_backup_is_called_so(string text) =>
        Assert.Contains("is not a backup", (await RefusedAsync(System.Text.Encoding.UTF8.GetBytes(text), passphrase)).Message);

    /// <summary>Argon2 with terabytes of memory, as two changed octets ask for it.</summary>
    [Fact]
    public async Task A_header_that_asks_for_all_memory_is_refused_before_it_is_followed()
    {
        var file = await WriteAsync(content);
        file[4] = 4;

        Assert.Contains("is not a backup", (await RefusedAsync(file, passphrase)).Message);
    }

    [Theory]
    [InlineData("correct horse\n", "correct horse")]
    [InlineData("correct horse\r\nsecond line", "correct horse")]
    [InlineData("\uFEFFcorrect horse", "correct horse")]
    public void A_passphrase_is_the_first_line_of_its_file(string file, string words) =>
        Assert.True(Passphrase.FirstLine(System.Text.Encoding.UTF8.GetBytes(file)).Is(Passphrase.Of(words)));

    [Theory]
    [InlineData("elevenchars", false)]
    [InlineData("twelve chars", true)]
    [InlineData("ééééééééééé", false)]
    public void A_new_passphrase_has_twelve_characters(string words, bool good) =>
        Assert.Equal(good, Record.Exception(() => Passphrase.Of(words).LongEnough()) is null);

    /// <summary>As the product does, with a key that is slow to derive.</summary>
    private async Task<byte[]> WriteAsync(byte[] bytes)
    {
        var output = new MemoryStream();
        await EncryptedFile.WriteAsync(output, passphrase, "x.tar", DateTimeOffset.UnixEpoch, stream => stream.WriteAsync(bytes).AsTask());
        Assert.Equal(SlowestDerivation, output.ToArray()[CountOffset]);
        return output.ToArray();
    }

    private async Task<byte[]> WriteAsync(byte[] bytes, int s2kCount)
    {
        var output = new MemoryStream();
        await EncryptedFile.WriteAsync(output, passphrase, "x.tar", DateTimeOffset.UnixEpoch, stream => stream.WriteAsync(bytes).AsTask(), s2kCount);
        return output.ToArray();
    }

    private async Task<byte[]> ReadAsync(byte[] file, Passphrase? other = null)
    {
        var target = new MemoryStream();
        await EncryptedFile.ReadAsync(new MemoryStream(file), other ?? passphrase, target, "FILE", default);
        return target.ToArray();
    }

    private async Task<Refusal> RefusedAsync(byte[] file, Passphrase other)
    {
        var failure = await Record.ExceptionAsync(() => ReadAsync(file, other));
        Assert.True(failure is Refusal { Kind: RefusalKind.Invalid }, $"{file.Length} octets: {failure}");
        return (Refusal)failure!;
    }

    /// <returns>What it printed; null when it is not there or failed.</returns>
    private string? Gpg(params string[] words)
    {
        string[] common = ["--batch", "--no-tty", "--homedir", folder.CreateSubdirectory("gnupg").FullName];
        var start = new ProcessStartInfo("gpg", [.. common, .. words]) { RedirectStandardOutput = true };
        try
        {
            using var gpg = Process.Start(start)!;
            var output = gpg.StandardOutput.ReadToEnd();
            gpg.WaitForExit();
            return gpg.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
