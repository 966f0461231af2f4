using System.Globalization;
using Microsoft.Extensions.Options;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Links;
using Newsletter.Mime;

namespace Newsletter.Alarms;

/// <summary>Builds the mails of alarms: plain text without a template, so that a broken template cannot prevent an alarm.</summary>
public sealed class AlarmMails(IOptions<SenderOptions> sender, IOptions<SiteOptions> site, TimeProvider time)
{
    /// <summary>Absolute URL of the alarm's page.</summary>
    public string UrlOf(Alarm alarm) => site.Value.Root() + alarm.Page;

    /// <summary>Checks the settings that every alarm mail needs, independent of the recipient.</summary>
    /// <exception cref="Refusal">Invalid: a setting that mail needs is missing or wrong.</exception>
    public void Check()
    {
        sender.Value.Checked();
        site.Value.Root();
    }

    /// <exception cref="Refusal">Invalid: malformed recipient or sender address.</exception>
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
