using MimeKit;

namespace Newsletter.Mime;

/// <summary>A mail as bytes (RFC 5322), as it is signed and transmitted.</summary>
/// <param name="from">Envelope sender: an ASCII address (RFC 5321).</param>
/// <param name="to">Envelope recipient: an ASCII address.</param>
/// <param name="head">Header fields, folded, each ending in CRLF; without the blank line that ends them.</param>
/// <param name="body">The content in order, with CRLF line ends, not dot-stuffed. Shared between mails: treat it as read-only.</param>
public class WireMail(string from, string to, ReadOnlyMemory<byte> head, IReadOnlyList<ReadOnlyMemory<byte>> body)
{
    /// <summary>Options with CRLF line ends.</summary>
    internal static readonly FormatOptions Dos = DosOptions();

    public string From => from;

    public string To => to;

    public ReadOnlyMemory<byte> Head => head;

    public IReadOnlyList<ReadOnlyMemory<byte>> Body => body;

    /// <summary>Total length in bytes.</summary>
    public int Length => Head.Length + 2 + Body.Sum(segment => segment.Length);

    /// <summary>Encodes a message with one sender and one recipient, which are also used for the envelope.</summary>
    public static WireMail Of(MimeMessage message)
    {
        using var written = new MemoryStream();
        message.Prepare(EncodingConstraint.SevenBit);
        message.WriteTo(Dos, written);
        var octets = written.ToArray();
        var end = octets.AsSpan().IndexOf("\r\n\r\n"u8);
        return new WireMail(
            message.From.Mailboxes.Single().GetAddress(idnEncode: true), message.To.Mailboxes.Single().GetAddress(idnEncode: true),
            octets.AsMemory(0, end + 2), [octets.AsMemory(end + 4)]);
    }

    /// <summary>Returns the same mail with additional header fields at the top.</summary>
    /// <param name="fields">Complete fields, each ending in CRLF.</param>
    public WireMail Under(ReadOnlySpan<byte> fields) => new(from, to, (byte[])[.. fields, .. head.Span], body);

    /// <summary>The whole mail in one array, as in an .eml file.</summary>
    public byte[] ToArray()
    {
        using var whole = new MemoryStream(Length);
        whole.Write(Head.Span);
        whole.Write("\r\n"u8);
        foreach (var segment in Body)
        {
            whole.Write(segment.Span);
        }
        return whole.ToArray();
    }

    private static FormatOptions DosOptions()
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        return options;
    }
}
