using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Newsletter.Mime;

/// <summary>
/// Encodes the headers of one edition's mails (RFC 5322; RFC 2369, 2919 and 8058 for one-click unsubscribing). Fields that are equal
/// for all readers are encoded once per subject; of the others, only a non-ASCII name needs more than copying.
/// </summary>
public sealed class DigestHeads
{
    /// <summary>Cache size. Subjects are derived from items, and an edition has some hundreds of items.</summary>
    private const int SubjectsKept = 1000;

    private const int LongestLine = 78;

    private static readonly SearchValues<char> PlainName = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,'-_()&!+*/");

    private readonly ConcurrentDictionary<string, byte[]> shared = new();

    /// <summary>One reader's mail of the edition, with list headers for one-click unsubscribing (RFC 2369, 2919, 8058).</summary>
    /// <param name="head">Must have the same sender and Feedback-ID in all calls on this object.</param>
    /// <exception cref="Refusal">Invalid: malformed address.</exception>
    public SplicedMail Mail(MailHead head, MailParts body, MergeFields personal)
    {
        head = head with { To = MailMessage.InAscii(head.To) };
        return SplicedMail.Of(head.Sender.Address, head.To, Encode(head), body, personal);
    }

    /// <param name="head">Must have the same sender and Feedback-ID in all calls on this object, and an ASCII recipient address.</param>
    /// <returns>Complete header fields, each ending in CRLF.</returns>
    /// <exception cref="Refusal">Invalid: malformed sender address.</exception>
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

    /// <summary>Percent-encodes everything except visible ASCII, as in a URI (RFC 3986, 2.1).</summary>
    private static string Visible(string text) => text.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? string.Concat(text.EnumerateRunes().Select(rune => rune.Value is >= '!' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())))
        : text;
}
