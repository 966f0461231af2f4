using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Newsletter.Mime;

/// <summary>
/// Encodes the heads of one edition's mails (RFC 5322; RFC 2369, 2919 and 8058 for a list that one click leaves). What does
/// not differ by person is encoded once for each subject; of the rest only a name outside ASCII needs more than copying.
/// </summary>
public sealed class DigestHeads
{
    /// <summary>Subjects are made of items, of which an edition has some hundreds.</summary>
    private const int SubjectsKept = 1000;

    private const int LongestLine = 78;

    private static readonly SearchValues<char> PlainName = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,'-_()&!+*/");

    private readonly ConcurrentDictionary<string, byte[]> shared = new();

    /// <summary>One person's mail of the edition: it belongs to a list that one click leaves (RFC 2369, 2919, 8058).</summary>
    /// <param name="head">Of the same sender, and with the same Feedback-ID, as all others given to this object.</param>
    /// <exception cref="Refusal">An address is not one.</exception>
    public SplicedMail Mail(MailHead head, MailParts body, MergeFields personal)
    {
        head = head with { To = MailMessage.InAscii(head.To) };
        return SplicedMail.Of(head.Sender.Address, head.To, Encode(head), body, personal);
    }

    /// <param name="head">Of the same sender, and with the same Feedback-ID, as all others given to this object; to an address in ASCII.</param>
    /// <returns>Whole header fields, each ending in CRLF.</returns>
    /// <exception cref="Refusal">Invalid: the sender's address is not one.</exception>
    private byte[] Encode(MailHead head)
    {
        if (!shared.TryGetValue(head.Subject, out var common))
        {
            if (shared.Count >= SubjectsKept)
            {
                shared.Clear();
            }
            shared[head.Subject] = common = MailMessage.EncodeShared(head);
        }
        var own = Personal(head);
        var octets = new byte[common.Length + own.Length];
        common.CopyTo(octets, 0);
        Encoding.ASCII.GetBytes(own, octets.AsSpan(common.Length));
        return octets;
    }

    private static string Personal(MailHead head)
    {
        var unsubscribe = head.UnsubscribeUrl is { } url
            ? $"List-Unsubscribe: <{Visible(url)}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{To(head)}Date: {head.Date.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\nMessage-ID: <{Visible(head.MessageId)}>\r\n{unsubscribe}");
    }

    private static string To(MailHead head)
    {
        var name = head.ToName?.Trim() ?? "";
        if (name.AsSpan().ContainsAnyExcept(PlainName) || name.Length > LongestLine / 2)
        {
            return MailMessage.EncodeTo(head);
        }
        var field = name.Length == 0 ? $"To: {head.To}" : $"To: \"{name}\" <{head.To}>";
        return (field.Length <= LongestLine || name.Length == 0 ? field : $"To: \"{name}\"\r\n <{head.To}>") + "\r\n";
    }

    /// <summary>Nothing but visible ASCII: everything else percent-encoded, as in an address (RFC 3986, 2.1).</summary>
    private static string Visible(string text) => text.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? string.Concat(text.EnumerateRunes().Select(rune => rune.Value is >= '!' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())))
        : text;
}
