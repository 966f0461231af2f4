using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Newsletter.Addresses;

/// <summary>
/// An email address that SMTP supports without extensions: a local part that is an ASCII dot-atom of at most 64 characters (RFC 5321,
/// 4.5.3.1.1), and a domain of at least two labels, international ones encoded by IDNA. At most 254 characters in total.
/// </summary>
public sealed record EmailAddress
{
    private const int MaxLength = 254;
    private const int MaxLocal = 64;
    private const string AtomSymbols = "!#$%&'*+-/=?^_`{|}~";

    private static readonly SearchValues<char> Invisible = SearchValues.Create(
        [.. Enumerable.Range(0x80, 0xFF80).Select(code => (char)code).Where(SingleLine.IsBlank)]);

    private readonly string domain;

    private EmailAddress(string local, string domain)
    {
        this.domain = domain;
        Value = local + "@" + domain;
        Key = Value.ToLowerInvariant();
    }

    /// <summary>The address for SMTP: the local part as given, the domain in ASCII lower case.</summary>
    public string Value { get; }

    /// <summary>The whole address in lower case. Addresses with equal keys are the same mailbox.</summary>
    public string Key { get; }

    /// <summary>
    /// The mailbox that probably receives mail to this address: <see cref="Key"/> without the plus sign and the text after it, and at
    /// Gmail without dots. Use it only as a key for rate limits: at some domains a plus sign is an ordinary character.
    /// </summary>
    public string Mailbox
    {
        get
        {
            var local = Key.AsSpan(0, Key.Length - domain.Length - 1);
            var plus = local.IndexOf('+');
            // A leading plus sign stays: otherwise the local part would be empty.
            local = plus > 0 ? local[..plus] : local;
            return domain is "gmail.com" or "googlemail.com"
                ? local.ToString().Replace(".", "", StringComparison.Ordinal) + "@gmail.com"
                : $"{local}@{domain}";
        }
    }

    /// <summary>The address for display: with the domain in Unicode, unless it could imitate another domain.</summary>
    public string Readable => Value[..^domain.Length] + DomainName.Readable(domain);

    /// <exception cref="Refusal">Invalid: names the broken rule.</exception>
    public static EmailAddress Parse(string? text) =>
        TryParse(text, out var address, out var problem) ? address : throw Refusal.Invalid(problem).About("Email");

    /// <summary><see cref="Readable"/> of a stored <see cref="Value"/> or <see cref="Key"/>; text that is not an address is returned unchanged.</summary>
    public static string ReadableOf(string kept) => TryParse(kept, out var address, out _, mayBeLocal: true) ? address.Readable : kept;

    /// <param name="problem">One sentence that names the broken rule. It never repeats the text, which may be huge or hostile.</param>
    /// <param name="mayBeLocal">Also accept a domain of one label, such as <c>localhost</c>.</param>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out EmailAddress? address, [NotNullWhen(false)] out string? problem, bool mayBeLocal = false)
    {
        address = null;
        text = SingleLine.Trim(text ?? "");
        var at = text.LastIndexOf('@');
        problem = text.Length == 0 ? "The email address is missing."
            : text.Length > MaxLength ? $"The email address has more than {MaxLength} characters."
            : text.Any(char.IsControl) ? $"The email address {SingleLine.Problem(text)}."
            : at < 0 ? "The email address has no @."
            : text.IndexOf('@') != at ? "The email address has more than one @: give exactly one mailbox."
            : LocalProblem(text.AsSpan(0, at));
        if (problem is not null)
        {
            return false;
        }

        problem = AsciiDomain(text[(at + 1)..], mayBeLocal, out var domain);
        if (problem is null && at + 1 + domain.Length > MaxLength)
        {
            problem = $"The email address has more than {MaxLength} characters.";
        }

        if (problem is null)
        {
            address = new(text[..at], domain);
        }

        return address is not null;
    }

    public override string ToString() => Value;

    private static string? LocalProblem(ReadOnlySpan<char> local)
    {
        if (local.IsEmpty)
        {
            return "The email address has nothing before the @.";
        }

        if (local.Length > MaxLocal)
        {
            return $"The part of the email address before the @ has more than {MaxLocal} characters.";
        }

        if (local[0] == '"')
        {
            return "Email addresses with a quoted part before the @ are not supported.";
        }

        if (SingleLine.Problem(local) is { } problem)
        {
            return $"The email address {problem}.";
        }

        if (local.IndexOfAny(Invisible) is >= 0 and var at)
        {
            return $"The part of the email address before the @ contains {SingleLine.CodeOf(local[at])}, an invisible character: remove it.";
        }

        if (!Ascii.IsValid(local))
        {
            return "The part of the email address before the @ contains letters outside ASCII, which are not supported.";
        }

        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
        {
            return "The part of the email address before the @ begins or ends with a dot, or has two in a row.";
        }

        foreach (var c in local)
        {
            if (c != '.' && !char.IsAsciiLetterOrDigit(c) && !AtomSymbols.Contains(c))
            {
                return $"The part of the email address before the @ contains '{c}', which is not allowed there.";
            }
        }
        return null;
    }

    private static string? AsciiDomain(string text, bool mayBeLocal, out string domain)
    {
        domain = "";
        if (text.Length == 0)
        {
            return "The email address has no domain after the @.";
        }

        if (text[0] == '[')
        {
            return "Email addresses with a network address in place of a domain are not supported.";
        }

        if (!DomainName.TryToAscii(text, out domain))
        {
            return "The domain of the email address is not a valid international domain name.";
        }
        var labels = domain.Split('.');
        if (labels.Length < 2 && !mayBeLocal)
        {
            return "The domain of the email address has no dot.";
        }

        foreach (var label in labels)
        {
            if (label.Length is 0 or > 63)
            {
                return "The domain of the email address has an empty part, or one of more than 63 characters.";
            }

            if (label[0] == '-' || label[^1] == '-' || !label.All(c => c == '-' || char.IsAsciiLetterOrDigit(c)))
            {
                return "The domain of the email address has a part that is not made of letters, digits and inner hyphens.";
            }
        }
        return labels[^1].Any(char.IsAsciiLetter) ? null : "The domain of the email address ends in a number, which is not valid.";
    }
}
