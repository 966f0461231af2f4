using System.Buffers;
using System.Text;
using MimeKit;
using Newsletter.Addresses;

namespace Newsletter.Mime;

/// <summary>Puts a head on a body. Names and subjects are what people typed: nothing in them can begin a header of its own.</summary>
public static class MailMessage
{
    private const int LongestName = 100;
    private const int LongestSubject = 250;

    // Exchange promises to heed only a header of its own (MS-OXCMAIL, 2.1.3.2.20).
    private const string ExchangeSuppress = "X-Auto-Response-Suppress";
    private const string ExchangeReplies = "OOF, AutoReply";

    /// <summary>Characters that a phrase may hold in quotes only (RFC 5322, 3.2.3).</summary>
    private static readonly SearchValues<char> Specials = SearchValues.Create("()<>[]:;@\\,.\"");

    private static readonly FormatOptions Narrow = NarrowOptions();

    /// <summary>A mail to one person, answering something they did.</summary>
    /// <exception cref="Refusal">An address is not one.</exception>
    public static MimeMessage Notice(MailHead head, string text, string html)
    {
        var message = WithHead(head);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add(ExchangeSuppress, ExchangeReplies);
        message.Body = new MultipartAlternative(Part("plain", text), Part("html", html)) { Boundary = "=_newsletter-notice" };
        return message;
    }

    /// <summary>A mail of text alone, which a program wrote.</summary>
    /// <exception cref="Refusal">An address is not one.</exception>
    public static MimeMessage Plain(MailHead head, string text)
    {
        var message = WithHead(head);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add(ExchangeSuppress, ExchangeReplies);
        message.Body = Part("plain", text);
        return message;
    }

    /// <summary>What all mails with this subject have in common: header fields, each ending in CRLF.</summary>
    internal static byte[] EncodeShared(MailHead head)
    {
        using var message = WithHead(head);
        message.Headers.Add(HeaderId.ListId, $"<{UntrustedText.OneLine(head.Sender.ListId ?? head.Sender.Address.Replace('@', '.'))}>");
        if (head.FeedbackId is { } feedback)
        {
            message.Headers.Add("Feedback-ID", UntrustedText.OneLine(feedback));
        }

        // Out-of-office programs answer neither to this nor to List-Id; Auto-Submitted is not for lists (RFC 3834, 5.2).
        message.Headers.Add(HeaderId.Precedence, "bulk");
        message.Headers.Add(ExchangeSuppress, ExchangeReplies);
        message.Headers.Add(HeaderId.MimeVersion, "1.0");
        message.Headers.Add(HeaderId.ContentType, SplicedMail.ContentType);
        message.Headers.Remove(HeaderId.To);
        message.Headers.Remove(HeaderId.Date);
        message.Headers.Remove(HeaderId.MessageId);
        return Octets(message.Headers);
    }

    /// <summary>To whom, in full generality: one header field that ends in CRLF.</summary>
    internal static string EncodeTo(MailHead head)
    {
        using var message = new MimeMessage();
        AddMailbox(message, message.To, HeaderId.To, head.ToName, head.To);
        foreach (var field in message.Headers.Where(field => field.Id != HeaderId.To).ToList())
        {
            message.Headers.Remove(field);
        }

        return Encoding.ASCII.GetString(Octets(message.Headers));
    }

    private static byte[] Octets(HeaderList fields)
    {
        using var written = new MemoryStream();
        fields.WriteTo(WireMail.Dos, written);
        // A blank line follows the last one.
        return written.ToArray()[..^2];
    }

    /// <summary>Text that only looks like an encoded word (RFC 2047, 2) is shown as it was typed: an invisible space is put into it.</summary>
    private static string Plain(string text) => text.Replace("=?", "=\u200B?", StringComparison.Ordinal);

    private static MimeMessage WithHead(MailHead head)
    {
        var message = new MimeMessage
        {
            Date = head.Date,
            MessageId = head.MessageId,
        };
        message.Headers[HeaderId.Subject] = ""; // in its usual place
        message.Headers[message.Headers.IndexOf(HeaderId.Subject)].SetValue(Narrow, Encoding.UTF8, Plain(UntrustedText.OneLine(head.Subject, LongestSubject)));
        AddMailbox(message, message.From, HeaderId.From, head.Sender.Name, head.Sender.Address);
        AddMailbox(message, message.To, HeaderId.To, head.ToName, head.To);
        if (head.Sender.ReplyTo is { Length: > 0 } replyTo)
        {
            message.ReplyTo.Add(new MailboxAddress(null, InAscii(replyTo)));
        }

        return message;
    }

    private static FormatOptions NarrowOptions()
    {
        var options = FormatOptions.Default.Clone();
        options.MaxLineLength = 62;
        return options;
    }

    private static void AddMailbox(MimeMessage message, InternetAddressList list, HeaderId field, string? name, string address)
    {
        name = Plain(UntrustedText.OneLine(name ?? "", LongestName));
        list.Add(new MailboxAddress(Encoding.UTF8, name, InAscii(address)));
        if (!Ascii.IsValid(name) && name.AsSpan().IndexOfAny(Specials) >= 0)
        {
            // MimeKit writes quoted words beside encoded ones then, and Outlook shows the quotes.
            var words = string.Join("\r\n ", Pieces(name).Select(piece => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(piece))}?="));
            message.Headers[message.Headers.IndexOf(field)].SetRawValue(Encoding.ASCII.GetBytes($" {words}\r\n <{InAscii(address)}>\r\n"));
        }
    }

    /// <summary>Of so many octets that an encoded word has 75 characters at most, and no character is divided (RFC 2047, 2 and 5).</summary>
    private static IEnumerable<string> Pieces(string name)
    {
        const int MostOctets = 42;
        var piece = new StringBuilder();
        var octets = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MostOctets)
            {
                yield return piece.ToString();
                piece.Clear();
                octets = 0;
            }
            piece.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }
        yield return piece.ToString();
    }

    /// <summary>Only a bare address: <c>Name &lt;a@b&gt;</c>, groups, lists and line ends are not one.</summary>
    internal static string InAscii(string address) => EmailAddress.TryParse(address, out var parsed, out _, mayBeLocal: true)
        ? parsed.Value
        : throw Refusal.Invalid($"“{UntrustedText.OneLine(address, LongestName)}” is not an email address: mail can be neither sent to nor from it.");

    private static TextPart Part(string subtype, string text) =>
        new(subtype) { Text = text, ContentTransferEncoding = ContentEncoding.QuotedPrintable };
}
