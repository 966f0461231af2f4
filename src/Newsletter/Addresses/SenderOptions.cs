using System.Text;
using System.Text.RegularExpressions;

namespace Newsletter.Addresses;

/// <summary>Who sends: the configuration section <c>Sender</c>.</summary>
public sealed partial class SenderOptions
{
    /// <summary>Shown as the sender of every mail.</summary>
    public string Name { get; set; } = "Newsletter";

    /// <summary>The address mails come from, kept in ASCII. Relays and DMARC want it in a domain of your own.</summary>
    public string Address { get; set => field = InAscii(value); } = "newsletter@localhost";

    /// <summary>Where answers go, kept in ASCII; not set: to <see cref="Address"/>.</summary>
    public string? ReplyTo { get; set => field = value is null ? null : InAscii(value); }

    /// <summary>One line at the end of each mail; required by law in many countries.</summary>
    public string PostalAddress { get; set; } = "";

    /// <summary>For the List-Id header (RFC 2919), such as <c>news.example.com</c>; not set: made from <see cref="Address"/>. Kept in ASCII.</summary>
    public string? ListId
    {
        get;
        set => field = value is not null && !Ascii.IsValid(value) && DomainName.TryToAscii(value, out var ascii) ? ascii : value;
    }

    /// <summary>What stands after the @ of <see cref="Address"/>, in ASCII; Message-IDs are made in it.</summary>
    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>Whether somebody said who sends: mails to the world need more than what stands here at first.</summary>
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
        return ListId is not { Length: > 0 } || IdentifierOfAList().IsMatch(ListId)
            ? this
            : throw Refusal.Invalid("Sender:ListId must be letters, digits, hyphens and dots, such as news.example.com.");
    }

    private static bool IsAddress(string text) => EmailAddress.TryParse(text, out _, out _, mayBeLocal: true);

    /// <summary>What is no address stays as it is, to be refused with the name of its setting.</summary>
    private static string InAscii(string text) => EmailAddress.TryParse(text, out var address, out _, mayBeLocal: true) ? address.Value : text;

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){1,8}\z")]
    private static partial Regex IdentifierOfAList();
}
