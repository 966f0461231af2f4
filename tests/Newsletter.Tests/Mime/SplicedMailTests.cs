using MimeKit;
using Newsletter.Mime;
using Newsletter.Rendering;
using Newsletter.Tests.Rendering;

namespace Newsletter.Tests.Mime;

public class SplicedMailTests
{
    private static readonly string Marks = string.Concat(Enum.GetValues<Placeholder>().Where(mark => mark >= Placeholder.Name).Select(Token));

    [Fact]
    public async Task A_spliced_mail_says_what_MimeKit_says_the_slow_way()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new RandomText(seed);
            string html = random.Next() + Token(Placeholder.Items) + random.Next() + Marks + random.Next() + Marks;
            string text = random.Next() + Marks + random.Next() + Token(Placeholder.Items) + random.Next();
            string[] items = [random.Next(), random.Next(200), random.Next(3)];
            var person = Person(random);
            var fragments = items.Select(item => new MailItem(Fragment(item, item.ToUpperInvariant()), new ReasonsLine("none"), null)).ToList();
            var mail = new DigestHeads().Mail(Rendered.Head, new MailBody(new(EncodedText.Cut(html), EncodedText.Cut(text)), fragments, []), person);

            var slow = new MimeMessage { Body = new MultipartAlternative(
                SlowPart("plain", Filled(
                    text.Replace(Token(Placeholder.Items), string.Concat(items.Select(i => i.ToUpperInvariant())), StringComparison.Ordinal),
                    person, value => value)),
                SlowPart("html", Filled(html.Replace(Token(Placeholder.Items), string.Concat(items), StringComparison.Ordinal), person, Escaped))) };

            var wire = WireForm.Of(mail);
            var parsed = WireForm.Parse(wire);
            var expected = WireForm.Parse(await WireForm.OfAsync(slow));
            Assert.Equal(expected.HtmlBody!.ReplaceLineEndings("\n"), parsed.HtmlBody!.ReplaceLineEndings("\n"));
            Assert.Equal(expected.TextBody!.ReplaceLineEndings("\n"), parsed.TextBody!.ReplaceLineEndings("\n"));
            WireForm.Check(WireForm.ContentOf(wire));

            Assert.Equal(parsed.HtmlBody!.ReplaceLineEndings("\n"), mail.HtmlBody.ReplaceLineEndings("\n"));
            Assert.Equal(parsed.TextBody!.ReplaceLineEndings("\n"), mail.TextBody.ReplaceLineEndings("\n"));
            Assert.Equal(wire.Length, mail.Length);
        }
    }

    [Fact]
    public async Task Mails_of_two_people_differ_only_in_what_is_personal()
    {
        var body = await Rendered.BodyAsync(Rendered.Item(), Rendered.Item(Rendered.Content("Another")));
        var anna = Rendered.Mail(body, Rendered.Anna);
        var bert = Rendered.Mail(body, Rendered.Anna with { Name = null, UnsubscribeUrl = "https://news.example.com/unsubscribe/bert" });

        Assert.Equal(anna.Body.Count, bert.Body.Count);
        var differing = anna.Body.Zip(bert.Body).Where(pair => !pair.First.Span.SequenceEqual(pair.Second.Span)).ToList();
        Assert.Equal(6, differing.Count); // name and two links, in text and HTML
        Assert.Equal(
            anna.TextBody.Replace("Hello Anna,", "Hello,", StringComparison.Ordinal)
                .Replace("/unsubscribe/anna-1", "/unsubscribe/bert", StringComparison.Ordinal),
            bert.TextBody);
        Assert.Contains("Hello,", bert.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fragment_and_a_frame_serve_many_compositions_without_being_copied()
    {
        var frame = await Rendered.Renderer.FrameAsync(Rendered.Weekly);
        var shared = await Rendered.MailItemAsync(Rendered.Item());
        var other = await Rendered.MailItemAsync(Rendered.Item(Rendered.Content("Another")));
        MailBody[] bodies = [new(frame, [shared], []), new(frame, [other, shared], ["CTO"]), new(frame, [shared, other], ["Nurse"])];

        Assert.All(bodies, body =>
        {
            var mail = Rendered.Mail(body, Rendered.Anna);
            Assert.Contains(mail.Body, segment => segment.Equals(shared.Fragment.Html.Pieces[0].Octets));
            Assert.Contains(mail.Body, segment => segment.Equals(shared.Fragment.Text.Pieces[0].Octets));
            Assert.Contains(mail.Body, segment => segment.Equals(frame.Html.Pieces[0].Octets));
        });
    }

    [Fact]
    public async Task A_mail_built_again_is_the_same_mail()
    {
        var body = await Rendered.BodyAsync(Rendered.Item());
        Assert.Equal(
            WireForm.Of(Rendered.Mail(body, Rendered.Anna)),
            WireForm.Of(Rendered.Mail(body, Rendered.Anna)));
    }

    private static string Token(Placeholder mark) => ((char)(0xE000 + (int)mark)).ToString();

    private static Fragment Fragment(string html, string text) => new()
    {
        Title = "",
        Teaser = "",
        Minutes = 1,
        Html = EncodedText.Cut(html),
        Text = EncodedText.Cut(text),
        TitleHtml = new([]),
        TitleText = new([]),
    };

    private static MergeFields Person(RandomText random) => new()
    {
        Name = string.Join(' ', random.Next(4).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: < 70 } name ? name : "👩‍👩‍👧 =?.",
        UnsubscribeUrl = "https://news.example.com/unsubscribe/a.b=c?d=e&f='g'",
        PreferencesUrl = "https://news.example.com/" + new string('p', 200),
        ViewUrl = ".",
    };

    private static string Filled(string text, MergeFields person, Func<string, string> encode) => text
        .Replace(Token(Placeholder.Name), encode(person.Name!.Length > 0 ? " " + person.Name : ""), StringComparison.Ordinal)
        .Replace(Token(Placeholder.UnsubscribeUrl), encode(person.UnsubscribeUrl), StringComparison.Ordinal)
        .Replace(Token(Placeholder.PreferencesUrl), encode(person.PreferencesUrl), StringComparison.Ordinal)
        .Replace(Token(Placeholder.ViewUrl), encode(person.ViewUrl), StringComparison.Ordinal);

    private static string Escaped(string value) => value
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>MimeKit makes one line end of CR CR LF; we, like HTML, two.</summary>
    private static TextPart SlowPart(string subtype, string text) => new(subtype)
    {
        Text = text.ReplaceLineEndings("\n"), ContentTransferEncoding = ContentEncoding.QuotedPrintable,
    };
}
