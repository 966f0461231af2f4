using System.Text;
using MimeKit.Encodings;

namespace Newsletter.Mime;

/// <summary>
/// One reader's mail as a multipart/alternative (RFC 2046, 5.1.4) that is never copied into one buffer: a sequence of shared and
/// personal segments. Line ends are CRLF, lines have at most 76 bytes, and none begins with a dot.
/// </summary>
public sealed class SplicedMail : WireMail
{
    // "=_" cannot occur in quoted-printable text (RFC 2046, 5.1.1), so all mails may use the same boundary, and a mail that is sent
    // again is identical.
    private const string Boundary = "=_newsletter-alternative";

    /// <summary>Value of the Content-Type field.</summary>
    internal const string ContentType = $"multipart/alternative; boundary=\"{Boundary}\"";

    private static readonly byte[] BeforeText = Encoding.ASCII.GetBytes(
        $"--{Boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");

    private static readonly byte[] BeforeHtml = Encoding.ASCII.GetBytes(
        $"\r\n--{Boundary}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");

    private static readonly byte[] End = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");

    private readonly Range text;
    private readonly Range html;

    private SplicedMail(string from, string to, byte[] head, ReadOnlyMemory<byte>[] body, Range text, Range html)
        : base(from, to, head, body) => (this.text, this.html) = (text, html);

    /// <summary>The HTML part, decoded: for previews and the web view.</summary>
    public string HtmlBody => Decode(Body.ToArray()[html]);

    /// <summary>The text part, decoded; line ends are CRLF.</summary>
    public string TextBody => Decode(Body.ToArray()[text]);

    /// <param name="head">See <see cref="WireMail.Head"/>.</param>
    internal static SplicedMail Of(string from, string to, byte[] head, MailParts body, MergeFields personal)
    {
        var segments = new ReadOnlyMemory<byte>[body.Text.Count + body.Html.Count + 3];
        var html = body.Text.Count + 2;
        segments[0] = BeforeText;
        Splice(body.Text, personal.At, segments.AsSpan(1));
        segments[html - 1] = BeforeHtml;
        Splice(body.Html, mark => UntrustedText.Escape(personal.At(mark)), segments.AsSpan(html));
        segments[^1] = End;
        return new SplicedMail(from, to, head, segments, 1..(html - 1), html..^1);
    }

    /// <summary>Caches the encoded value of each placeholder: a link that occurs three times is encoded once.</summary>
    private static void Splice(IReadOnlyList<Piece> pieces, Func<Placeholder, string> at, Span<ReadOnlyMemory<byte>> into)
    {
        var encoded = new byte[]?[(int)Placeholder.ViewUrl + 1];
        for (var i = 0; i < pieces.Count; i++)
        {
            into[i] = pieces[i].Placeholder is { } mark ? encoded[(int)mark] ??= QuotedPrintable.Encode(at(mark)) : pieces[i].Octets;
        }
    }

    private static string Decode(ReadOnlyMemory<byte>[] segments)
    {
        var decoder = new QuotedPrintableDecoder();
        using var decoded = new MemoryStream();
        foreach (var segment in segments)
        {
            var output = new byte[decoder.EstimateOutputLength(segment.Length)];
            decoded.Write(output, 0, decoder.Decode(segment.ToArray(), 0, segment.Length, output));
        }

        return Encoding.UTF8.GetString(decoded.ToArray());
    }
}
