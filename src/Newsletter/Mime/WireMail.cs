using MimeKit;

namespace Newsletter.Mime;

/// <summary>A mail as octets (RFC 5322): what is signed, and what goes over the wire.</summary>
/// <param name="from">Of the envelope: an ASCII address (RFC 5321).</param>
/// <param name="to">Of the envelope: an ASCII address.</param>
/// <param name="head">Header fields, folded, each ending in CRLF; without the blank line that ends them.</param>
/// <param name="body">The content in order. Line ends are CRLF, and no dots are doubled. Shared between mails: never to be written to.</param>
public class WireMail(string from, string to, ReadOnlyMemory<byte> head, IReadOnlyList<ReadOnlyMemory<byte>> body)
{
    /// <summary>Lines end in CRLF.</summary>
    internal static readonly FormatOptions Dos = DosOptions();

    public string From => from;

    public string To => to;

    public ReadOnlyMemory<byte> Head => head;

    public IReadOnlyList<ReadOnlyMemory<byte>> Body => body;

    /// <summary>Octets in all.</summary>
    public int Length => Head.Length + 2 + Body.Sum(segment => segment.Length);

    /// <summary>Encodes a message that one person gets; sender and recipient are the envelope too.</summary>
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

    /// <summary>The same mail with more header fields before its own.</summary>
    /// <param name="fields">Whole ones, each ending in CRLF.</param>
    public WireMail Under(ReadOnlySpan<byte> fields) => new(from, to, (byte[])[.. fields, .. head.Span], body);

    /// <summary>The whole mail, as a file of it would be.</summary>
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
