using System.Globalization;
using System.Text;

namespace Newsletter.MailCatcher;

/// <summary>A command line (RFC 5321 section 4.1): verb in upper case, argument as received.</summary>
internal readonly record struct SmtpCommand(string Verb, string Argument)
{
    public static SmtpCommand Of(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0
            ? new(line.ToUpperInvariant(), "")
            : new(line[..space].ToUpperInvariant(), line[(space + 1)..].Trim());
    }
}

/// <summary>The argument of MAIL or RCPT: <c>FROM:&lt;a@example.com&gt; SIZE=1000</c>.</summary>
internal sealed record MailPath(string Address, string[] Parameters)
{
    /// <summary>Limit of RFC 5321 section 4.5.3.1.3.</summary>
    private const int MaxBytes = 254;

    public bool IsAscii => Ascii.IsValid(Address);

    /// <summary>Declared SIZE in bytes (RFC 1870); null if not declared.</summary>
    public long? Size => Parameters
        .Where(parameter => parameter.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase))
        .Select(parameter => long.TryParse(parameter.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : (long?)null)
        .FirstOrDefault();

    public bool Has(string parameter) => Parameters.Contains(parameter, StringComparer.OrdinalIgnoreCase);

    /// <returns>Null if the argument is malformed.</returns>
    /// <param name="argument">The text after the verb.</param>
    /// <param name="keyword">"FROM:" or "TO:".</param>
    /// <param name="allowNull">True if the empty address (null sender) is allowed.</param>
    public static MailPath? Parse(string argument, string keyword, bool allowNull)
    {
        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var path = argument[keyword.Length..].TrimStart();
        var end = path.StartsWith('<') ? ClosingBracket(path) : -1;
        if (end < 0)
        {
            return null;
        }

        var address = WithoutRoute(path[1..end]);
        var isFit = address.Length == 0 ? allowNull : IsAddress(address);
        return isFit && (end + 1 == path.Length || path[end + 1] == ' ')
            ? new(address, path[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : null;
    }

    private static int ClosingBracket(string path)
    {
        var isQuoted = false;
        for (var i = 1; i < path.Length; i++)
        {
            switch (path[i])
            {
                case '\\' when isQuoted:
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case '>' when !isQuoted:
                    return i;
            }
        }

        return -1;
    }

    /// <summary>Removes a source route: "@relay.example:a@example.com" → "a@example.com" (RFC 5321 appendix C).</summary>
    private static string WithoutRoute(string path) =>
        path.StartsWith('@') ? path[(path.IndexOf(':', StringComparison.Ordinal) + 1)..] : path;

    private static bool IsAddress(string address)
    {
        var at = address.LastIndexOf('@');
        return Encoding.UTF8.GetByteCount(address) <= MaxBytes
            && (address.Equals("postmaster", StringComparison.OrdinalIgnoreCase)
                || (at > 0 && at < address.Length - 1 && address.AsSpan(at).IndexOfAny(" <>\"") < 0
                    && (address[0] == '"' || address.AsSpan(0, at).IndexOfAny(" <>@\"") < 0)));
    }
}
