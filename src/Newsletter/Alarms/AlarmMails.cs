using System.Globalization;
using Microsoft.Extensions.Options;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Rendering;

namespace Newsletter.Alarms;

/// <summary>Makes the mails of alarms: text only, and of no template, so that none of our own can be what is broken.</summary>
public sealed class AlarmMails(IOptions<SenderOptions> sender, IOptions<SiteOptions> site, TimeProvider time)
{
    /// <summary>Where to look.</summary>
    public string UrlOf(Alarm alarm) => site.Value.Root() + alarm.Page;

    /// <exception cref="Refusal">Invalid: an address is not one, or a setting that mail needs.</exception>
    public MimeMessage Message(AlarmMessage message, string email) => MailMessage.Plain(
        new MailHead
        {
            Sender = sender.Value.Checked(),
            To = email,
            Subject = "[Newsletter] " + message.Alarm.Headline,
            Date = time.GetUtcNow(),
            MessageId = $"{message.MessageId:N}@{sender.Value.Domain}",
        },
        string.Create(CultureInfo.InvariantCulture,
            $"""
            {message.Alarm.Sentence}

            {message.Alarm.ToDo}

            {UrlOf(message.Alarm)}

            --
            Noticed at {message.RaisedAt:yyyy-MM-dd HH:mm} UTC. Operators of {sender.Value.Name} get this once for each cause.

            """));
}
