using System.Globalization;
using Microsoft.Extensions.Options;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Links;
using Newsletter.Mime;

namespace Newsletter.Alarms;

/// <summary>Makes the mails of alarms: text only, and of no template, so that none of our own can be what is broken.</summary>
public sealed class AlarmMails(IOptions<SenderOptions> sender, IOptions<SiteOptions> site, TimeProvider time)
{
    /// <summary>Where to look.</summary>
    public string UrlOf(Alarm alarm) => site.Value.Root() + alarm.Page;

    /// <summary>What every one needs, whomever it is to.</summary>
    /// <exception cref="Refusal">Invalid: a setting that mail needs.</exception>
    public void Check()
    {
        sender.Value.Checked();
        site.Value.Root();
    }

    /// <exception cref="Refusal">Invalid: the address is not one.</exception>
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
