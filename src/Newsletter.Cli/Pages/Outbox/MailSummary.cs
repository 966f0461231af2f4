using MimeKit;
using Newsletter.Addresses;
using Newsletter.MailCatcher;
using Newsletter.Subscribers;

namespace Newsletter.Cli.Pages.Outbox;

/// <summary>The recipients and subject of a caught mail.</summary>
/// <param name="Message">Null if the bytes cannot be parsed as a message.</param>
public sealed record MailSummary(string Id, DateTimeOffset ReceivedAt, string Subject, IReadOnlyList<MailPerson> People, MimeMessage? Message)
{
    public static async Task<MailSummary> OfAsync(CaughtMail mail, SubscriberStore subscribers)
    {
        var message = Parse(mail);
        var people = new List<MailPerson>();
        foreach (var recipient in mail.Recipients)
        {
            var subscriber = EmailAddress.TryParse(recipient, out var address, out _) ? await subscribers.FindAsync(address) : null;
            var name = message?.To.Mailboxes.FirstOrDefault(to => to.GetAddress(idnEncode: true).Equals(recipient, StringComparison.OrdinalIgnoreCase))?.Name;
            people.Add(new MailPerson(EmailAddress.ReadableOf(recipient), string.IsNullOrWhiteSpace(name) ? null : name, subscriber?.Preferences.Roles ?? []));
        }
        return new MailSummary(mail.Id, mail.ReceivedAt, message?.Subject is { Length: > 0 } subject ? subject : "(no subject)", people, message);
    }

    private static MimeMessage? Parse(CaughtMail mail)
    {
        try
        {
            return mail.Message;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <param name="Roles">Labels as the reader entered them; empty if the recipient is not a subscriber.</param>
public sealed record MailPerson(string Address, string? Name, IReadOnlyList<string> Roles);
