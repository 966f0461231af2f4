using System.Text;
using MimeKit;
using MimeKit.Encodings;

namespace Newsletter.Rendering;

/// <summary>
/// One person's mail as a multipart/alternative (RFC 2046, 5.1.4) that was never put together: it writes shared octets and
/// personal ones one after the other. Line ends are CRLF whatever the format options say, lines have at most 76 octets,
/// and none begins with a dot.
/// </summary>
public sealed class SplicedMail : MimeEntity
{
    // "=_" can't occur in quoted-printable text (RFC 2046, 5.1.1), so the boundary may be the same in all mails,
    // and a mail that is sent again is the same mail.
    private const string Boundary = "=_newsletter-alternative";

    private static readonly byte[] BeforeText = Encoding.ASCII.GetBytes(
        $"--{Boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");

    private static readonly byte[] BeforeHtml = Encoding.ASCII.GetBytes(
        $"\r\n--{Boundary}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");

    private static readonly byte[] End = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");

    private readonly ReadOnlyMemory<byte>[] text;
    private readonly ReadOnlyMemory<byte>[] html;

    public SplicedMail(MailBody body, Personal personal)
        : base(new ContentType("multipart", "alternative") { Boundary = Boundary })
    {
        text = Splice(body.Text, personal.At);
        html = Splice(body.Html, mark => OutsideText.Escape(personal.At(mark)));
        Segments = [BeforeText, .. text, BeforeHtml, .. html, End];
    }

    /// <summary>The whole content, in order, as it goes over the wire. Shared: never to be written to.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Segments { get; }

    /// <summary>Octets of the content.</summary>
    public int Length => Segments.Sum(segment => segment.Length);

    /// <summary>The HTML part, decoded: for previews and the web view.</summary>
    public string HtmlBody => Decode(html);

    /// <summary>The text part, decoded; line ends are CRLF.</summary>
    public string TextBody => Decode(text);

    /// <summary>Nothing to choose: it is encoded already, and fit for any transport.</summary>
    public override void Prepare(EncodingConstraint constraint, int maxLineLength = 78)
    {
    }

    public override void WriteTo(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        base.WriteTo(options, stream, contentOnly, cancellationToken);
        foreach (var segment in Segments)
        {
            stream.Write(segment.Span);
        }
    }

    public override async Task WriteToAsync(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        await base.WriteToAsync(options, stream, contentOnly, cancellationToken);
        foreach (var segment in Segments)
        {
            await stream.WriteAsync(segment, cancellationToken);
        }
    }

    /// <summary>A link that stands in three places is encoded once.</summary>
    private static ReadOnlyMemory<byte>[] Splice(IReadOnlyList<Piece> pieces, Func<Mark, string> at)
    {
        var segments = new ReadOnlyMemory<byte>[pieces.Count];
        var encoded = new byte[]?[(int)Mark.ViewUrl + 1];
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = pieces[i].Mark is { } mark ? encoded[(int)mark] ??= QuotedPrintable.Encode(at(mark)) : pieces[i].Octets;
        }

        return segments;
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
