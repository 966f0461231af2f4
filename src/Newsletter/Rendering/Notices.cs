using MimeKit;

namespace Newsletter.Rendering;

/// <summary>What a mail with one thing to do is for. The name is that of its templates.</summary>
public enum Notice
{
    /// <summary>Double opt-in: nothing is sent to an address before its owner has said yes.</summary>
    ConfirmSubscription,

    /// <summary>A link to the preferences, asked for by whoever knows the address, sent only to its owner.</summary>
    PreferencesLink,
}

/// <summary>
/// Builds notices. They don't greet by name: whoever signs up somebody else's address must not be able to write to it.
/// </summary>
public sealed class Notices(Templates templates)
{
    /// <exception cref="Refusal">An address is not one.</exception>
    public async Task<MimeMessage> MessageAsync(Notice notice, NoticeModel model, MailHead head) => MailMessage.Notice(
        head,
        await templates.RenderAsync($"{notice}.text.cshtml", model),
        await templates.RenderAsync($"{notice}.cshtml", model));
}
