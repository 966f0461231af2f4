using MimeKit;
using Newsletter.Addresses;
using Newsletter.Mime;
using Newsletter.Notices;
using Newsletter.Tests.Rendering;

namespace Newsletter.Tests.Mime;

public class MailMessageTests
{
    [Fact]
    public async Task A_digest_carries_the_headers_of_a_list_that_one_click_leaves()
    {
        var mail = await SentAsync(Rendered.Head with
        {
            FeedbackId = "e42:weekly:digest:newsletter", Sender = With(sender => sender.ReplyTo = "editors@example.com"),
        });
        Assert.Equal("<https://news.example.com/unsubscribe/anna-1>", mail.Headers[HeaderId.ListUnsubscribe]);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers[HeaderId.ListUnsubscribePost]);
        Assert.Equal("<brief.news.example.com>", mail.Headers[HeaderId.ListId]);
        Assert.Equal("bulk", mail.Headers[HeaderId.Precedence]);
        Assert.Equal("e42:weekly:digest:newsletter", mail.Headers["Feedback-ID"]);
        Assert.Equal("editors@example.com", mail.ReplyTo.ToString());
        Assert.Equal("d42.s17@news.example.com", mail.MessageId);
        Assert.Equal(Rendered.Head.Date, mail.Date);
        Assert.Equal("1.0", mail.Headers[HeaderId.MimeVersion]);
        Assert.Equal("\"The Weekly Brief\" <brief@news.example.com>", mail.From.ToString());
        Assert.Equal("\"Anna\" <anna@example.org>", mail.To.ToString());
        Assert.False(mail.Headers.Contains(HeaderId.AutoSubmitted));
        Assert.Equal(["text/plain; charset=utf-8", "text/html; charset=utf-8"],
            Assert.IsType<MultipartAlternative>(mail.Body).Select(part => part.Headers[HeaderId.ContentType]));
    }

    [Fact]
    public async Task Without_an_unsubscribe_link_no_header_offers_one()
    {
        var mail = await SentAsync(Rendered.Head with { UnsubscribeUrl = null });
        Assert.False(mail.Headers.Contains(HeaderId.ListUnsubscribe));
        Assert.False(mail.Headers.Contains(HeaderId.ListUnsubscribePost));
    }

    [Fact]
    public async Task What_only_looks_like_an_encoded_word_is_shown_as_it_was_typed()
    {
        const string Typed = "=?utf-8?B?SEVMTE8=?=";

        var mail = await SentAsync(Rendered.Head with { Subject = Typed, ToName = Typed });

        Assert.Equal(Typed, mail.Subject!.Replace("\u200B", "", StringComparison.Ordinal));
        Assert.DoesNotContain("HELLO", mail.To.ToString());
    }

    [Theory]
    [InlineData("x\r\nBcc: victim@example.com")]
    [InlineData("x\nBcc: victim@example.com\n\nbody")]
    [InlineData("x\rBcc: victim@example.com")]
    [InlineData("x\u2028Bcc: victim@example.com\u0085\u000b\0")]
    [InlineData("x\" <victim@example.com>, \"y")]
    [InlineData("x, victim@example.com; y: <z>")]
    [InlineData("=?utf-8?q?x=0D=0ABcc:=20victim@example.com?=")]
    public async Task Nothing_a_person_typed_begins_a_header_of_its_own(string hostile)
    {
        var mail = await SentAsync(Rendered.Head with
        {
            ToName = hostile,
            Subject = hostile,
            FeedbackId = hostile,
            UnsubscribeUrl = "https://news.example.com/" + hostile,
            Sender = With(sender => (sender.Name, sender.ListId) = (hostile, hostile)),
        });
        Assert.Equal(
            ["Content-Type", "Date", "Feedback-ID", "From", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version",
                "Message-ID", "Precedence", "Subject", "To", "X-Auto-Response-Suppress"],
            mail.Headers.Concat(mail.Body!.Headers).Select(header => header.Field).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal("anna@example.org", Assert.Single(mail.To.Mailboxes).Address);
        Assert.Equal("brief@news.example.com", Assert.Single(mail.From.Mailboxes).Address);
        Assert.Contains("Hello Anna,", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_and_foreign_names_and_subjects_arrive_as_they_are_on_short_lines()
    {
        var subject = "Малые модели 数据 שלום 😀 " + string.Join(' ', Enumerable.Repeat("wörter", 20));
        var wire = WireForm.Of(new DigestHeads().Mail(
            Rendered.Head with { Subject = subject, ToName = "Żółć 数据 \"q\" (c)" }, await Rendered.BodyAsync(Rendered.Item()), Rendered.Anna));
        Assert.Equal(subject, WireForm.Parse(wire).Subject);
        Assert.Equal("Żółć 数据 \"q\" (c)", WireForm.Parse(wire).To.Mailboxes.Single().Name);
        Assert.All(wire.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.DoesNotContain('\n', wire.Replace("\r\n", "", StringComparison.Ordinal));
    }

    /// <summary>Outlook shows the quotes of words that are quoted beside encoded ones.</summary>
    [Theory]
    [InlineData("Département Formation, Recherche et Support")]
    [InlineData("Zoë \"Zo\" O'Brien (PhD)")]
    [InlineData("Müller, Jürgen: Entwicklung und Betrieb der Plattformen für Handel, Logistik und Einkauf 😀😀😀")]
    public async Task A_foreign_name_with_a_comma_is_encoded_as_a_whole(string name)
    {
        var wire = WireForm.Of(new DigestHeads().Mail(
            Rendered.Head with { ToName = name, Sender = With(sender => sender.Name = name) },
            await Rendered.BodyAsync(Rendered.Item()), Rendered.Anna));

        var mail = WireForm.Parse(wire);
        Assert.Equal((name, name), (mail.To.Mailboxes.Single().Name, mail.From.Mailboxes.Single().Name));
        Assert.Equal(("anna@example.org", "brief@news.example.com"), (mail.To.Mailboxes.Single().Address, mail.From.Mailboxes.Single().Address));
        var head = wire[..wire.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.All(["From:", "To:"], field => Assert.Matches($@"(?m)^{field}(?:\s=\?utf-8\?B\?[A-Za-z0-9+/=]+\?=\r\n?)+\s<[^>]+>\r?$", head));
        Assert.All(head.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
    }

    [Fact]
    public async Task A_huge_subject_or_name_is_cut_at_a_whole_character()
    {
        var mail = await SentAsync(Rendered.Head with { Subject = string.Concat(Enumerable.Repeat("👩‍👩‍👧", 10_000)), ToName = new string('n', 100_000) });
        Assert.InRange(mail.Subject!.Length, 200, 250);
        Assert.EndsWith("👧…", mail.Subject, StringComparison.Ordinal);
        Assert.InRange(mail.To.Mailboxes.Single().Name!.Length, 90, 100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("anna")]
    [InlineData("anna@example.org\r\nBcc: victim@example.com")]
    [InlineData("anna@example.org, bert@example.org")]
    [InlineData("Anna <anna@example.org>")]
    [InlineData("anna @example.org")]
    [InlineData("@example.org")]
    [InlineData("undisclosed: anna@example.org;")]
    public async Task What_is_not_one_bare_address_is_refused(string address)
    {
        var body = await Rendered.BodyAsync(Rendered.Item());
        var refusal = Assert.Throws<Refusal>(() => new DigestHeads().Mail(Rendered.Head with { To = address }, body, Rendered.Anna));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("anna+news@example.org")]
    [InlineData("a.b-c_d@sub.example.org")]
    [InlineData("anna@bücher.example")]
    [InlineData("anna@localhost")]
    public async Task Unusual_addresses_are_kept(string address) =>
        Assert.Equal(address, (await SentAsync(Rendered.Head with { To = address })).To.Mailboxes.Single().Address);

    [Theory]
    [InlineData(NoticeTemplate.ConfirmSubscription)]
    [InlineData(NoticeTemplate.PreferencesLink)]
    [InlineData(NoticeTemplate.Welcome)]
    [InlineData(NoticeTemplate.Goodbye)]
    [InlineData(NoticeTemplate.ExportData)]
    [InlineData(NoticeTemplate.EraseData)]
    public async Task A_notice_has_one_link_in_both_parts_and_belongs_to_no_list(NoticeTemplate notice)
    {
        const string url = "https://news.example.com/confirm/a.b-c?d=e&f=g";
        var message = await new NoticeRenderer(Rendered.Templates).MessageAsync(
            notice, new() { Name = "The <b>Brief</b>", PublicUrl = "https://news.example.com", PostalAddress = "1 Harbour Street", Url = url }, Rendered.Head);
        var mail = WireForm.Parse(await WireForm.OfAsync(message));
        Assert.Equal("auto-generated", mail.Headers[HeaderId.AutoSubmitted]);
        Assert.False(mail.Headers.Contains(HeaderId.ListUnsubscribe));
        Assert.Contains("href=\"https://news.example.com/confirm/a.b-c?d=e&amp;f=g\"", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("The &lt;b&gt;Brief&lt;/b&gt;", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains($"\n{url}\n", mail.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("The <b>Brief</b>", mail.TextBody, StringComparison.Ordinal);
        Assert.All(mail.TextBody!.ReplaceLineEndings("\n").Split('\n'), line => Assert.InRange(line.Length, 0, 72));
        Assert.DoesNotContain("Anna", mail.HtmlBody + mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", null, null, "Sender:Address")]
    [InlineData("Us <a@example.com>", null, null, "Sender:Address")]
    [InlineData("a@example.com", "nobody", null, "Sender:ReplyTo")]
    [InlineData("a@example.com", null, "a b>\nX-Evil: 1", "Sender:ListId")]
    [InlineData("a@example.com", null, "<news.example.com>", "Sender:ListId")]
    public void A_sender_that_cannot_be_is_refused(string address, string? replyTo, string? listId, string setting) =>
        Assert.StartsWith(setting, Assert.Throws<Refusal>(new SenderOptions { Address = address, ReplyTo = replyTo, ListId = listId }.Checked).Message);

    [Fact]
    public void One_that_can_be_is_taken()
    {
        var sender = new SenderOptions { Address = "a@example.com", ReplyTo = "b@example.com", ListId = "news.example.com" };
        Assert.Same(sender, sender.Checked());
    }

    [Theory]
    [InlineData("brief@bücher.example", "antwort@bücher.example", "brief.bücher.example")]
    [InlineData("brief@xn--bcher-kva.example", "antwort@XN--BCHER-KVA.example", "brief.xn--bcher-kva.example")]
    public void One_with_an_international_domain_is_kept_in_ASCII(string address, string replyTo, string listId)
    {
        var sender = new SenderOptions { Address = address, ReplyTo = replyTo, ListId = listId }.Checked();
        Assert.Equal(("brief@xn--bcher-kva.example", "antwort@xn--bcher-kva.example", "brief.xn--bcher-kva.example", "xn--bcher-kva.example"),
            (sender.Address, sender.ReplyTo, sender.ListId, sender.Domain));
    }

    private static SenderOptions With(Action<SenderOptions> change)
    {
        var sender = new SenderOptions { Name = "The Weekly Brief", Address = "brief@news.example.com" };
        change(sender);
        return sender;
    }

    private static async Task<MimeMessage> SentAsync(MailHead head)
    {
        var wire = WireForm.Of(new DigestHeads().Mail(head, await Rendered.BodyAsync(Rendered.Item()), Rendered.Anna));
        Assert.True(System.Text.Ascii.IsValid(wire), "Not every server takes UTF-8 headers.");
        return WireForm.Parse(wire);
    }
}
