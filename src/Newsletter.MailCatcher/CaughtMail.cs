using System.Globalization;
using System.Security.Cryptography;
using MimeKit;

namespace Newsletter.MailCatcher;

/// <summary>A received mail: the envelope of RFC 5321 and the bytes between DATA and the final dot.</summary>
public sealed class CaughtMail
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfffffff'Z'";
    private const int RandomDigits = 16;
    private static readonly int IdLength = NewId(DateTimeOffset.UnixEpoch).Length;

    private readonly Lazy<MimeMessage> message;

    internal CaughtMail(string id, string from, IReadOnlyList<string> recipients, byte[] raw)
    {
        ReceivedAt = TimeOf(id) ?? throw new ArgumentException($"\"{id}\" is not the id of a caught mail.", nameof(id));
        Id = id;
        From = from;
        Recipients = recipients;
        Raw = raw;
        message = new(() => MimeMessage.Load(new MemoryStream(raw, writable: false)));
    }

    /// <summary>Unique; sorts by time of receipt; safe in file names and URLs: <c>20261123T2203151234567Z-0123456789abcdef</c>.</summary>
    public string Id { get; }

    /// <summary>Address of MAIL FROM without angle brackets; empty for the null sender of a bounce.</summary>
    public string From { get; }

    /// <summary>Addresses of RCPT TO without angle brackets, in the order received; 1 to 1000.</summary>
    public IReadOnlyList<string> Recipients { get; }

    /// <summary>Time of receipt, UTC.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>The exact bytes that the client sent, with dot-stuffing removed.</summary>
    public byte[] Raw { get; }

    /// <summary>Parsed on first use. MimeKit accepts nearly anything; other input throws <see cref="FormatException"/>.</summary>
    public MimeMessage Message => message.Value;

    internal static string NewId(DateTimeOffset receivedAt) =>
        $"{receivedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}";

    /// <summary>The time in an id; null if the text is not an id. A valid id cannot contain a path.</summary>
    internal static DateTimeOffset? TimeOf(string id) =>
        id.Length == IdLength
        && id[^(RandomDigits + 1)] == '-'
        && id.AsSpan(^RandomDigits..).IndexOfAnyExcept("0123456789abcdef") < 0
        && DateTime.TryParseExact(
            id.AsSpan(..^(RandomDigits + 1)), TimeFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? new DateTimeOffset(time)
            : null;
}
