using System.Text;
using System.Text.RegularExpressions;

namespace Newsletter.Addresses;

/// <summary>Configuration section <c>Sender</c>: the sender of all mails.</summary>
public sealed partial class SenderOptions
{
    /// <summary>Display name in the From header of every mail.</summary>
    public string Name { get; set; } = "Newsletter";

    /// <summary>From address, stored in ASCII. Relays and DMARC require that it is in a domain you control.</summary>
    public string Address { get; set => field = InAscii(value); } = "newsletter@localhost";

    /// <summary>Reply-To address, stored in ASCII; null: replies go to <see cref="Address"/>.</summary>
    public string? ReplyTo { get; set => field = value is null ? null : InAscii(value); }

    /// <summary>Postal address, one line at the end of each mail; required by law in many countries.</summary>
    public string PostalAddress { get; set; } = "";

    /// <summary>Value of the List-Id header (RFC 2919), such as <c>news.example.com</c>; null: derived from <see cref="Address"/>. Stored in ASCII.</summary>
    public string? ListId
    {
        get;
        set => field = value is not null && !Ascii.IsValid(value) && DomainName.TryToAscii(value, out var ascii) ? ascii : value;
    }

    /// <summary>Domain of <see cref="Address"/> in ASCII; also used for Message-IDs.</summary>
    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>True if an operator has configured the sender. The defaults are not sufficient for mail to the public.</summary>
    public bool IsReal => !Domain.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrWhiteSpace(PostalAddress);

    /// <exception cref="Refusal">Invalid: mail cannot be sent from this address.</exception>
    public SenderOptions Checked()
    {
        if (!IsAddress(Address))
        {
            throw Refusal.Invalid("Sender:Address is not an email address: mail cannot be sent from it.");
        }
        if (ReplyTo is { Length: > 0 } && !IsAddress(ReplyTo))
        {
            throw Refusal.Invalid("Sender:ReplyTo is not an email address: answers cannot go there.");
        }
        return ListId is not { Length: > 0 } || ListIdPattern().IsMatch(ListId)
            ? this
            : throw Refusal.Invalid("Sender:ListId must be letters, digits, hyphens and dots, such as news.example.com.");
    }

    private static bool IsAddress(string text) => EmailAddress.TryParse(text, out _, out _, mayBeLocal: true);

    /// <summary>Text that is not an address is kept unchanged: <c>Checked</c> then rejects it with the name of the setting.</summary>
    private static string InAscii(string text) => EmailAddress.TryParse(text, out var address, out _, mayBeLocal: true) ? address.Value : text;

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){1,8}\z")]
    private static partial Regex ListIdPattern();
}
