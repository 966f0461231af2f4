using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Cryptography;
using Newsletter.Dkim;
using DkimSigner = Newsletter.Dkim.DkimSigner;
using MimeKitSigner = MimeKit.Cryptography.DkimSigner;

namespace Newsletter.Benchmarks;

/// <summary><c>dkim</c>: what signing one mail costs one core, turn by turn so that all see the same machine.</summary>
internal static class DkimCommand
{
    private const int Turns = 5;
    private const int BodyLength = 35_000;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    private const string Head =
        "From: \"The Weekly Brief\" <brief@news.example.com>\r\nDate: Wed, 25 Nov 2026 08:00:00 +0000\r\nSubject: The Weekly Brief: plans that bend\r\n" +
        "Message-Id: <e1.s123456.19abcdef012@news.example.com>\r\nTo: \"Anna Example\" <anna@example.org>\r\nMIME-Version: 1.0\r\n" +
        "List-Id: <brief.news.example.com>\r\nList-Unsubscribe:\r\n <https://news.example.com/unsubscribe/0123456789abcdef0123456789abcdef0123456789>\r\n" +
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFeedback-ID: e1:weekly:digest:newsletter\r\nPrecedence: bulk\r\n" +
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n";

    public static Command Create()
    {
        var command = new Command("dkim", "Time of signing one mail, beside the bare signature and MimeKit's signer");
        command.SetAction(_ => Run());
        return command;
    }

    private static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("newsletter-bench-");
        try
        {
            Run(folder);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Run(DirectoryInfo folder)
    {
        using var rsa = RSA.Create(2048);
        var file = Path.Combine(folder.FullName, "rsa.pem");
        File.WriteAllText(file, rsa.ExportRSAPrivateKeyPem());
        var key = new DkimKeyOptions { Domain = "news.example.com", Selector = "benchmark", KeyFile = file };
        var signer = new DkimSigner(Options.Create(new DkimOptions { Keys = [key] }));
        var head = Encoding.ASCII.GetBytes(Head);
        var body = Body();
        var theirs = new MimeKitSigner(file, key.Domain, key.Selector, DkimSignatureAlgorithm.RsaSha256)
        {
            HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
            BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
        };
        using var message = MimeMessage.Load(new MemoryStream([.. head, .. "\r\n"u8, .. body.SelectMany(segment => segment.ToArray())]));
        var (hash, signature) = (new byte[SHA256.HashSizeInBytes], new byte[256]);

        (string Name, Action Work, List<double> Milliseconds)[] works =
        [
            ("the signature alone (OpenSSL, RSA-2048)", () => rsa.SignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), []),
            ("newsletter", () => signer.Sign(head, body, DateTimeOffset.UnixEpoch), []),
            ("MimeKit's DkimSigner", () =>
            {
                theirs.Sign(message, [HeaderId.From, HeaderId.To, HeaderId.Subject, HeaderId.Date, HeaderId.ListUnsubscribe]);
                message.Headers.RemoveAll(HeaderId.DkimSignature);
            }, []),
        ];
        for (var turn = 0; turn < Turns; turn++)
        {
            foreach (var work in works)
            {
                work.Milliseconds.Add(Measure(work.Work));
            }
        }
        Console.WriteLine(FormattableString.Invariant($"Signing a mail of {Head.Length + BodyLength} octets on one core, median of {Turns} turns"));
        foreach (var (name, _, milliseconds) in works)
        {
            var median = milliseconds.Order().ElementAt(Turns / 2);
            Console.WriteLine(FormattableString.Invariant($"  {name,-42}{median:0.000} ms  {1000 / median:0}/s"));
        }
    }

    /// <summary>In 60 segments, of quoted-printable lines.</summary>
    private static List<ReadOnlyMemory<byte>> Body()
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < BodyLength; i++)
        {
            text.Append(Prose.Item(i, told: true).Summary).Append('\n');
        }
        const int Length = BodyLength / 60;
        return [.. Enumerable.Range(0, 60).Select(i => new ReadOnlyMemory<byte>(Newsletter.Mime.QuotedPrintable.Encode(text.ToString(i * Length, Length))))];
    }

    /// <returns>Milliseconds of processor time each: the machine may do other things.</returns>
    private static double Measure(Action work)
    {
        work();
        var (started, processor, times) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, 0);
        for (; Stopwatch.GetElapsedTime(started) < Turn; times++)
        {
            work();
        }
        return (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / times;
    }
}
