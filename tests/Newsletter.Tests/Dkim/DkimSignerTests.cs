using System.Text;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Dkim;
using Newsletter.Mime;
using Newsletter.Tests.Mime;

namespace Newsletter.Tests.Dkim;

public sealed class DkimSignerTests(DkimKeys keys) : IClassFixture<DkimKeys>
{
    private const string Head =
        "From: \"The Weekly Brief\" <brief@example.com>\r\nDate: Wed, 25 Nov 2026 08:00:00 +0000\r\nSubject: Plans\r\n" +
        "Message-Id: <e1.s2@example.com>\r\nTo: <anna@example.org>\r\nReply-To: editors@example.com\r\nMIME-Version: 1.0\r\n" +
        "List-Id: <brief.example.com>\r\nList-Unsubscribe: <https://news.example.com/unsubscribe/x>\r\n" +
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFeedback-ID: e1:weekly:digest:newsletter\r\nPrecedence: bulk\r\n" +
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n";

    private readonly DkimSigner signer = DkimMail.Signer(keys.Rsa);

    [Fact]
    public async Task What_makes_a_mail_and_what_leaves_its_list_is_signed()
    {
        var mail = DkimMail.Sign(signer, Head, DkimMail.Octets("Hello\r\n"));

        Assert.Equal([true], await mail.VerifyAsync());
        Assert.Equal(
            [
                "From", "From", "To", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
                "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID",
            ], mail.SignedNames);
        Assert.Equal(
            ("1", "rsa-sha256", "relaxed/relaxed", "example.com", "rsa", "1795593600"),
            (mail.Tag("v"), mail.Tag("a"), mail.Tag("c"), mail.Tag("d"), mail.Tag("s"), mail.Tag("t")));
        Assert.DoesNotContain("l=", mail.Text.Split("\r\nFrom:")[0]);
        Assert.All(mail.Text.Split("\r\nFrom:")[0].Split("\r\n"), line => Assert.InRange(line.Length, 1, 78));
    }

    [Fact]
    public async Task What_is_not_there_is_not_named_unless_nobody_may_add_it()
    {
        var mail = DkimMail.Sign(signer, "From: a@example.com\r\n", DkimMail.Octets("Hello\r\n"));

        Assert.Equal([true], await mail.VerifyAsync());
        Assert.Equal(["From", "From", "To", "Subject"], mail.SignedNames);
    }

    [Theory]
    [InlineData("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?q?_aus_K=C3=B6ln?=\r\n")]
    [InlineData("Subject:no space, and  many   within\t\tit  \r\n")]
    [InlineData("SUBJECT \t:   \t leading and trailing\t \r\n")]
    [InlineData("Subject: folded\r\n\tby a tab,\r\n   by spaces,\r\n \t by both\r\n")]
    [InlineData("Subject:\r\n all of it folded\r\n")]
    [InlineData("Subject:\r\n")]
    [InlineData("Subject: \t\r\n")]
    [InlineData("Subject: with: colons; and =\r\n")]
    [InlineData("Subject: one\r\nX-Between: x\r\nSubject: two\r\n")]
    public async Task Heads_verify_however_they_are_written(string subject)
    {
        var head = "From: a@example.com\r\n" + subject
            + "List-Unsubscribe:\r\n <https://news.example.com/unsubscribe/" + new string('x', 300) + ">\r\nTo: b@example.org\r\n";

        var mail = DkimMail.Sign(signer, head, DkimMail.Octets("Hello\r\n"));

        Assert.Equal([true], await mail.VerifyAsync());
        Assert.False(Assert.Single(await With(mail, "<https:", "<http:").VerifyAsync()));
    }

    [Fact]
    public async Task A_change_of_one_octet_anywhere_in_what_is_signed_breaks_it()
    {
        var mail = DkimMail.Sign(signer, Head, DkimMail.Octets("Hello, Anna.\r\nA plan is a guess.\r\n"));

        string[] parts =
        [
            "brief@", "anna@", "Plans", "08:00", "e1.s2", "editors@", "1.0", "text/plain", "<brief.", "unsubscribe/x", "One-Click", "digest:",
            "Hello", "guess.",
        ];
        foreach (var part in parts)
        {
            var last = (char)(part[^1] ^ 1);
            Assert.True(Assert.Single(await With(mail, "bulk", "list").VerifyAsync()));
            Assert.False(Assert.Single(await With(mail, part, part[..^1] + last).VerifyAsync()), part);
        }
        Assert.False(Assert.Single(await With(mail, "\r\nFrom:", "\r\nFrom: other@example.net\r\nFrom:").VerifyAsync()));
        Assert.False(Assert.Single(await With(mail, "\r\nSubject:", "\r\nSubject: Other\r\nSubject:").VerifyAsync()));
        Assert.False(Assert.Single(await With(mail, "guess.\r\n", "guess.\r\nMore.\r\n").VerifyAsync()));
    }

    [Fact]
    public async Task Each_key_gives_a_signature_that_holds_without_the_others()
    {
        var both = DkimMail.Signer(keys.Rsa, keys.Ed25519);
        var mail = DkimMail.Sign(both, Head, DkimMail.Octets("Hello\r\n"));

        Assert.Equal([true, true], await mail.VerifyAsync());
        // The key pair of RFC 8463, appendix A.2.
        Assert.Equal("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", both.Keys[1].Record);
        Assert.Equal(["rsa._domainkey.example.com", "ed._domainkey.example.com"], both.Keys.Select(key => key.RecordName));
        Assert.Equal([false, false], await With(mail, "Hello", "Hullo").VerifyAsync());
    }

    [Fact]
    public void Without_a_key_nothing_is_signed() =>
        Assert.Empty(DkimMail.Signer().Sign("From: a@example.com\r\n"u8, [DkimMail.Octets("Hello\r\n")], DkimMail.SignedAt));

    [Fact]
    public async Task Many_connections_sign_at_once()
    {
        var both = DkimMail.Signer(keys.Rsa, keys.Ed25519);
        var mails = new DkimMail[200];

        await Parallel.ForAsync(0, mails.Length, new ParallelOptions { MaxDegreeOfParallelism = 16 }, (i, _) =>
        {
            mails[i] = DkimMail.Sign(both, Head.Replace("anna@", $"anna{i}@", StringComparison.Ordinal), DkimMail.Octets($"Hello {i}\r\n"));
            return ValueTask.CompletedTask;
        });

        Assert.Equal(mails.Length, mails.Select(mail => mail.Tag("b")).Distinct().Count());
        foreach (var mail in mails)
        {
            Assert.Equal([true, true], await mail.VerifyAsync());
        }
    }

    [Fact]
    public async Task What_we_encode_is_signed_as_it_lies_there()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new RandomText(seed);
            List<ReadOnlyMemory<byte>> body = [DkimMail.Octets("--=_x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")];
            for (var i = 0; i < 5; i++)
            {
                body.Add(QuotedPrintable.Encode(random.Next().ReplaceLineEndings("\n")));
            }
            body.Add(DkimMail.Octets("\r\n--=_x--\r\n"));

            Assert.True(DkimBody.IsRelaxed(body), $"seed {seed}");
            var head = Head.Replace("text/plain;", "multipart/alternative; boundary=\"=_x\";", StringComparison.Ordinal)
                .Replace("Content-Transfer-Encoding: quoted-printable\r\n", "", StringComparison.Ordinal);
            Assert.True(Assert.Single(await DkimMail.Sign(signer, head, body).VerifyAsync()), $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_mail_that_MimeKit_made_is_signed_in_whatever_form_it_has()
    {
        using var message = MailMessage.Notice(
            new MailHead
            {
                Sender = new SenderOptions { Name = "Grüße aus Köln, der wöchentliche Überblick für Führungskräfte", Address = "brief@example.com" },
                To = "anna@example.org", Subject = "Bestätigen – " + new string('ü', 100), Date = DkimMail.SignedAt, MessageId = "n1@example.com",
            },
            "Hello  you\t\n\n  two spaces,\ta tab, trailing  \n\n\n", "<p>a   b</p> \n\n\n");
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        using var wire = new MemoryStream();
        await message.WriteToAsync(options, wire);
        var text = Encoding.Latin1.GetString(wire.ToArray());
        var blank = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var body = DkimMail.Octets(text[(blank + 4)..]);
        Assert.False(DkimBody.IsRelaxed([body]));

        var mail = DkimMail.Sign(signer, text[..(blank + 2)], body);

        Assert.Equal([true], await mail.VerifyAsync());
    }

    private static DkimMail With(DkimMail mail, string from, string to)
    {
        var at = mail.Text.IndexOf(from, mail.Text.IndexOf("\r\nFrom:", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(at > 0, from);
        return mail.With(Encoding.Latin1.GetBytes(mail.Text[..at] + to + mail.Text[(at + from.Length)..]));
    }
}
