using System.Text;
using MimeKit;

namespace Newsletter.Rendering;

/// <summary>Puts a head on a body. Names and subjects are what people typed: nothing in them can begin a header of its own.</summary>
public static class MailMessage
{
    private const int LongestName = 100;
    private const int LongestSubject = 250;

    private static readonly FormatOptions Narrow = NarrowOptions();

    /// <summary>A digest's mail: belongs to a list that one click leaves (RFC 2369, 2919, 8058).</summary>
    /// <exception cref="Refusal">An address is not one.</exception>
    public static MimeMessage Digest(MailHead head, MailBody body, Personal personal)
    {
        var message = WithHead(head);
        message.Headers.Add(HeaderId.ListId, $"<{OutsideText.OneLine(head.Sender.ListId ?? head.Sender.Address.Replace('@', '.'))}>");
        if (head.UnsubscribeUrl is { } url)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{OutsideText.OneLine(url)}>");
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }

        if (head.FeedbackId is { } feedback)
        {
            message.Headers.Add("Feedback-ID", OutsideText.OneLine(feedback));
        }

        // Out-of-office programs answer neither to this nor to List-Id; Auto-Submitted is not for lists (RFC 3834, 5.2).
        message.Headers.Add(HeaderId.Precedence, "bulk");
        message.Body = new SplicedMail(body, personal);
        return message;
    }

    /// <summary>A mail to one person, answering something they did.</summary>
    /// <exception cref="Refusal">An address is not one.</exception>
    public static MimeMessage Notice(MailHead head, string text, string html)
    {
        var message = WithHead(head);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Body = new MultipartAlternative(Part("plain", text), Part("html", html)) { Boundary = "=_newsletter-notice" };
        return message;
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
        message.Headers[message.Headers.IndexOf(HeaderId.Subject)].SetValue(Narrow, Encoding.UTF8, Plain(OutsideText.OneLine(head.Subject, LongestSubject)));
        message.From.Add(Mailbox(head.Sender.Name, head.Sender.Address));
        message.To.Add(Mailbox(head.ToName, head.To));
        if (head.Sender.ReplyTo is { Length: > 0 } replyTo)
        {
            message.ReplyTo.Add(Mailbox(null, replyTo));
        }

        return message;
    }

    private static FormatOptions NarrowOptions()
    {
        var options = FormatOptions.Default.Clone();
        options.MaxLineLength = 62;
        return options;
    }

    /// <summary>Only a bare address: <c>Name &lt;a@b&gt;</c>, groups, lists and line ends are not one.</summary>
    private static MailboxAddress Mailbox(string? name, string address)
    {
        if (!MailboxAddress.TryParse(address, out var parsed) || parsed.Address != address || !address.Contains('@', StringComparison.Ordinal))
        {
            throw Refusal.Invalid($"“{OutsideText.OneLine(address, LongestName)}” is not an email address: mail can be neither sent to nor from it.");
        }

        return new(Encoding.UTF8, Plain(OutsideText.OneLine(name ?? "", LongestName)), address);
    }

    private static TextPart Part(string subtype, string text) =>
        new(subtype) { Text = text, ContentTransferEncoding = ContentEncoding.QuotedPrintable };
}
