using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Newsletter.Smtp;

/// <summary>A reply of a server (RFC 5321, 4.2).</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Text">All lines, separated by line breaks; empty for a positive reply, unless its text was requested.</param>
internal readonly partial record struct SmtpReply(int Code, string Text)
{
    private const int LongestForPeople = 500;

    public bool IsPositive => Code is >= 200 and < 400;

    /// <summary>
    /// Whether the reply is possible at this step: a positive one is 354 after DATA and 2xx after everything else (RFC 5321, 4.3.2).
    /// </summary>
    public bool Fits(SmtpStep step) => Code >= 400 || (Code >= 300) == (step == SmtpStep.Data);

    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>The server closes the connection (RFC 5321, 3.8).</summary>
    public bool IsClosing => Code == 421;

    /// <summary>The server requires authentication (RFC 4954, 6).</summary>
    public bool IsUnauthenticated => Code is 530 or 535;

    /// <summary>
    /// The mailbox or the domain does not exist: 5.1.x (RFC 3463, 3.2; RFC 7505), except for codes that are not about the recipient.
    /// </summary>
    public bool IsBadAddress => Status() is var status && status.StartsWith("5.1.", StringComparison.Ordinal)
        && status is not ("5.1.5" or "5.1.9") && !IsOfSender(status);

    /// <summary>Refused because of the sender or the content: 5.7.x (RFC 3463, 3.8), or the sender's address.</summary>
    public bool IsPolicy => Status() is var status && (status.StartsWith("5.7.", StringComparison.Ordinal) || IsOfSender(status));

    /// <summary>
    /// The codes of the reply. Replies are counted by them, and a log may contain only them, because the text may quote an address.
    /// </summary>
    public string Class => Status() is { Length: > 0 } status ? $"{Code} {status}" : Code.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// One line for people, at most 500 characters, without control characters: a server may send text that neither a terminal nor the database
    /// accepts.
    /// </summary>
    public override string ToString() => string.Concat(
        FormattableString.Invariant($"{Code} {Text}").ReplaceLineEndings(" ").EnumerateRunes().Where(rune => !Rune.IsControl(rune)).Take(LongestForPeople));

    /// <summary>Servers check the sender's address when they get the recipient's.</summary>
    private static bool IsOfSender(string status) => status is "5.1.7" or "5.1.8";

    /// <summary>The enhanced status code (RFC 2034); empty without one.</summary>
    private string Status() => EnhancedStatus().Match(Text ?? "").Value;

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex EnhancedStatus();
}
