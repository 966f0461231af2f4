using System.Text.RegularExpressions;
using MimeKit;

namespace Newsletter.Rendering;

/// <summary>Who sends: the configuration section <c>Sender</c>.</summary>
public sealed partial class SenderOptions
{
    /// <summary>Shown as the sender of every mail.</summary>
    public string Name { get; set; } = "Newsletter";

    /// <summary>The address mails come from. Relays and DMARC want it in a domain of your own.</summary>
    public string Address { get; set; } = "newsletter@localhost";

    /// <summary>Where answers go; not set: to <see cref="Address"/>.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>One line at the end of each mail; required by law in many countries.</summary>
    public string PostalAddress { get; set; } = "";

    /// <summary>For the List-Id header (RFC 2919), such as <c>news.example.com</c>; not set: made from <see cref="Address"/>.</summary>
    public string? ListId { get; set; }

    /// <summary>What stands after the @ of <see cref="Address"/>; Message-IDs are made in it.</summary>
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

    private static bool IsAddress(string text) =>
        MailboxAddress.TryParse(text, out var parsed) && parsed.Address == text && text.LastIndexOf('@') is > 0 and var at && at < text.Length - 1;

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){1,8}\z")]
    private static partial Regex IdentifierOfAList();
}
