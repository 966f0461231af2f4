using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Newsletter.Dkim;

namespace Newsletter.Tests.Dkim;

public sealed class DkimBodyTests(DkimKeys keys) : IClassFixture<DkimKeys>
{
    private static readonly string[] Bits = [" ", "  ", "\t", "\r\n", "\r\n", "\r\n\r\n", "a", "word", "=20", ".", "ü"];

    [Theory]
    [InlineData("a\r\n", true)]
    [InlineData("a b\r\n c\r\n", true)]
    [InlineData("a\r\n\r\nb\r\n", true)]
    [InlineData("", false)]
    [InlineData("\r\n", false)]
    [InlineData("\r\n\r\n", false)]
    [InlineData("a", false)]
    [InlineData("a\r", false)]
    [InlineData("a\r\n\r\n", false)]
    [InlineData("a  b\r\n", false)]
    [InlineData("a\tb\r\n", false)]
    [InlineData("a \r\nb\r\n", false)]
    [InlineData("a\r\n ", false)]
    public void What_has_the_relaxed_form_is_told_from_what_has_not_however_it_is_cut(string body, bool isRelaxed)
    {
        for (var cut = 0; cut <= body.Length; cut++)
        {
            Assert.Equal(isRelaxed, DkimBody.IsRelaxed([DkimMail.Octets(body[..cut]), default, DkimMail.Octets(body[cut..])]));
        }
        Assert.Equal(isRelaxed, DkimBody.IsRelaxed([.. body.Select(letter => DkimMail.Octets(letter.ToString()))]));
    }

    [Fact]
    public void A_body_is_hashed_in_relaxed_form_whatever_form_it_has()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hash = new byte[SHA256.HashSizeInBytes];
        var relaxed = 0;
        for (var seed = 0; seed < 5000; seed++)
        {
            var body = RandomBody(seed);

            DkimBody.Hash(Cut(body, seed), sha, hash);

            Assert.Equal(Convert.ToBase64String(SHA256.HashData(Encoding.Latin1.GetBytes(Relaxed(body)))), Convert.ToBase64String(hash));
            Assert.Equal(body.Length > 0 && Relaxed(body) == body, DkimBody.IsRelaxed(Cut(body, seed)));
            relaxed += DkimBody.IsRelaxed(Cut(body, seed)) ? 1 : 0;
        }
        Assert.InRange(relaxed, 100, 4900);
    }

    [Fact]
    public async Task MimeKit_agrees()
    {
        var signer = DkimMail.Signer(keys.Ed25519);
        for (var seed = 0; seed < 300; seed++)
        {
            var mail = DkimMail.Sign(signer, "From: a@example.com\r\nSubject: x\r\nTo: b@example.org\r\n", Cut(RandomBody(seed), seed));

            Assert.True(Assert.Single(await mail.VerifyAsync()), $"seed {seed}: {mail.Text}");
        }
    }

    private static string RandomBody(int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Bits[random.Next(Bits.Length)]));
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Cut(string body, int seed)
    {
        var random = new Random(seed);
        var segments = new List<ReadOnlyMemory<byte>>();
        for (int at = 0, next; at < body.Length; at = next)
        {
            next = random.Next(at, body.Length + 1);
            segments.Add(DkimMail.Octets(body[at..next]));
        }
        return segments;
    }

    /// <summary>RFC 6376, 3.4.4, in its own order.</summary>
    private static string Relaxed(string body)
    {
        body = Regex.Replace(body, "[ \t]+(?=\r\n|$)", "");
        body = Regex.Replace(body, "[ \t]+", " ");
        body = Regex.Replace(body, "(\r\n)+\\z", "\r\n");
        return body is "" or "\r\n" ? "" : body.EndsWith("\r\n", StringComparison.Ordinal) ? body : body + "\r\n";
    }
}
