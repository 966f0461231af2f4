using MimeKit;
using Newsletter.Mime;
using Newsletter.Rendering;

namespace Newsletter.Notices;

/// <summary>What a mail to one person outside of editions is for. The name is that of its templates.</summary>
public enum NoticeTemplate
{
    /// <summary>Double opt-in: nothing is sent to an address before its owner has said yes.</summary>
    ConfirmSubscription,

    /// <summary>A link to the preferences, asked for by whoever knows the address, sent only to its owner.</summary>
    PreferencesLink,

    /// <summary>After confirming.</summary>
    Welcome,

    /// <summary>After unsubscribing, with a way back.</summary>
    Goodbye,

    /// <summary>All that is kept about the person: asked for on a page that may have been reached through a forwarded mail.</summary>
    ExportData,

    /// <summary>Likewise, to be deleted with all of it.</summary>
    EraseData,

    /// <summary>What an editor writes to those who got an edition; of a <see cref="CorrectionModel"/>, the others of a <see cref="NoticeModel"/>.</summary>
    Correction,
}

/// <summary>
/// Builds notices. They don't greet by name: whoever signs up somebody else's address must not be able to write to it.
/// </summary>
public sealed class NoticeRenderer(Templates templates)
{
    /// <summary>Compiles what all notices are made of: what fails afterwards is wrong with one of them.</summary>
    /// <exception cref="Refusal">Invalid: a template is not there, or does not compile.</exception>
    public async Task CompileAsync()
    {
        foreach (var name in Enum.GetNames<NoticeTemplate>().SelectMany(notice => new[] { $"{notice}.cshtml", $"{notice}.text.cshtml" }).Append("_Notice.cshtml"))
        {
            await templates.CompileAsync(name);
        }
    }

    /// <param name="notice">Any but a correction.</param>
    /// <exception cref="Refusal">An address is not one.</exception>
    public Task<MimeMessage> MessageAsync(NoticeTemplate notice, NoticeModel model, MailHead head) => RenderAsync(notice, model, head);

    /// <summary>Many get it at once, so one click leaves (RFC 8058), as with a digest.</summary>
    /// <exception cref="Refusal">An address is not one.</exception>
    public async Task<MimeMessage> CorrectionAsync(CorrectionModel model, MailHead head)
    {
        var message = await RenderAsync(NoticeTemplate.Correction, model, head);
        message.Headers.Add(HeaderId.ListUnsubscribe, $"<{model.UnsubscribeUrl}>");
        message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        return message;
    }

    private async Task<MimeMessage> RenderAsync<TModel>(NoticeTemplate notice, TModel model, MailHead head) => MailMessage.Notice(
        head,
        await templates.RenderAsync($"{notice}.text.cshtml", model),
        await templates.RenderAsync($"{notice}.cshtml", model));
}
