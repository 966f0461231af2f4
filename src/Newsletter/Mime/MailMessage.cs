using System.Buffers;
using System.Text;
using MimeKit;
using Newsletter.Addresses;

namespace Newsletter.Mime;

/// <summary>
/// Builds mails from head and body. Names and subjects are untrusted text: they are sanitized, so header injection is not possible.
/// </summary>
public static class MailMessage
{
    private const int LongestName = 100;
    private const int LongestSubject = 250;

    // Exchange guarantees to respect only its own header (MS-OXCMAIL, 2.1.3.2.20).
    private const string ExchangeSuppress = "X-Auto-Response-Suppress";
    private const string ExchangeReplies = "OOF, AutoReply";

    /// <summary>Characters that a phrase may contain only inside quotes (RFC 5322, 3.2.3).</summary>
    private static readonly SearchValues<char> Specials = SearchValues.Create("()<>[]:;@\\,.\"");

    private static readonly FormatOptions Narrow = NarrowOptions();

    /// <summary>A mail to one person in reaction to an action of theirs.</summary>
    /// <exception cref="Refusal">Invalid: malformed address.</exception>
    public static MimeMessage Notice(MailHead head, string text, string html)
    {
        var message = WithHead(head);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add(ExchangeSuppress, ExchangeReplies);
        message.Body = new MultipartAlternative(Part("plain", text), Part("html", html)) { Boundary = "=_newsletter-notice" };
        return message;
    }

    /// <summary>A plain text mail written by the program.</summary>
    /// <exception cref="Refusal">Invalid: malformed address.</exception>
    public static MimeMessage Plain(MailHead head, string text)
    {
        var message = WithHead(head);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add(ExchangeSuppress, ExchangeReplies);
        message.Body = Part("plain", text);
        return message;
    }

    /// <summary>Header fields that all mails with this subject share, each ending in CRLF.</summary>
    internal static byte[] EncodeShared(MailHead head)
    {
        using var message = WithHead(head);
        message.Headers.Add(HeaderId.ListId, $"<{UntrustedText.OneLine(head.Sender.ListId ?? head.Sender.Address.Replace('@', '.'))}>");
        if (head.FeedbackId is { } feedback)
        {
            message.Headers.Add("Feedback-ID", UntrustedText.OneLine(feedback));
        }

        // Auto-responders do not reply to mails with this field or List-Id. Auto-Submitted is not meant for lists (RFC 3834, 5.2).
        message.Headers.Add(HeaderId.Precedence, "bulk");
        message.Headers.Add(ExchangeSuppress, ExchangeReplies);
        message.Headers.Add(HeaderId.MimeVersion, "1.0");
        message.Headers.Add(HeaderId.ContentType, SplicedMail.ContentType);
        message.Headers.Remove(HeaderId.To);
        message.Headers.Remove(HeaderId.Date);
        message.Headers.Remove(HeaderId.MessageId);
        return Octets(message.Headers);
    }

    /// <summary>The To field for any name, ending in CRLF.</summary>
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
        // MimeKit writes a blank line after the last field: remove its CRLF.
        return written.ToArray()[..^2];
    }

    /// <summary>
    /// Inserts a zero-width space into text that looks like an encoded word (RFC 2047, 2), so mail programs show it as typed instead of
    /// decoding it.
    /// </summary>
    private static string Plain(string text) => text.Replace("=?", "=\u200B?", StringComparison.Ordinal);

    private static MimeMessage WithHead(MailHead head)
    {
        var message = new MimeMessage
        {
            Date = head.Date,
            MessageId = head.MessageId,
        };
        message.Headers[HeaderId.Subject] = ""; // fixes its position among the fields
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
            // MimeKit would mix quoted strings and encoded words, and Outlook displays the quotes: encode the whole name.
            var words = string.Join("\r\n ", Pieces(name).Select(piece => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(piece))}?="));
            message.Headers[message.Headers.IndexOf(field)].SetRawValue(Encoding.ASCII.GetBytes($" {words}\r\n <{InAscii(address)}>\r\n"));
        }
    }

    /// <summary>Splits a name so that each encoded word has at most 75 characters and no character is split (RFC 2047, 2 and 5).</summary>
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

    /// <summary>Accepts only a bare address: <c>Name &lt;a@b&gt;</c>, groups, lists and line ends are rejected.</summary>
    /// <exception cref="Refusal">Invalid: not a bare address.</exception>
    internal static string InAscii(string address) => EmailAddress.TryParse(address, out var parsed, out _, mayBeLocal: true)
        ? parsed.Value
        : throw Refusal.Invalid($"“{UntrustedText.OneLine(address, LongestName)}” is not an email address: mail cannot be sent to it or from it.");

    private static TextPart Part(string subtype, string text) =>
        new(subtype) { Text = text, ContentTransferEncoding = ContentEncoding.QuotedPrintable };
}
