using MimeKit;
using Newsletter.Mime;
using Newsletter.Rendering;

namespace Newsletter.Notices;

/// <summary>The purpose of a mail to one person outside of editions. The name is that of its templates.</summary>
public enum NoticeTemplate
{
    /// <summary>Double opt-in: an address gets no other mail before its owner has confirmed.</summary>
    ConfirmSubscription,

    /// <summary>A link to the preferences page. Requesting it needs only the address; the mail goes to its owner.</summary>
    PreferencesLink,

    /// <summary>After confirming.</summary>
    Welcome,

    /// <summary>After unsubscribing, with a link to subscribe again.</summary>
    Goodbye,

    /// <summary>A link to all data stored about the person. It was requested on a page that may have been opened from a forwarded mail.</summary>
    ExportData,

    /// <summary>A link to delete all data stored about the person, requested in the same way.</summary>
    EraseData,

    /// <summary>
    /// An editor's message to the readers who got an edition. Uses a <see cref="CorrectionModel"/>, the others a <see cref="NoticeModel"/>.
    /// </summary>
    Correction,
}

/// <summary>Builds notices. No greeting by name: a sign-up with a foreign address must not carry text of the requester to it.</summary>
public sealed class NoticeRenderer(Templates templates)
{
    /// <summary>Compiles the templates of all notices: an error after this concerns a single notice.</summary>
    /// <exception cref="Refusal">Invalid: a template does not exist, or does not compile.</exception>
    public async Task CompileAsync()
    {
        foreach (var name in Enum.GetNames<NoticeTemplate>()
            .SelectMany(notice => new[] { $"{notice}.cshtml", $"{notice}.text.cshtml" }).Append("_Notice.cshtml"))
        {
            await templates.CompileAsync(name);
        }
    }

    /// <param name="notice">Any kind except a correction.</param>
    /// <exception cref="Refusal">An address is not valid.</exception>
    public Task<MimeMessage> MessageAsync(NoticeTemplate notice, NoticeModel model, MailHead head) => RenderAsync(notice, model, head);

    /// <summary>A correction goes to many readers, so it has one-click unsubscribe (RFC 8058), as a digest has.</summary>
    /// <exception cref="Refusal">An address is not valid.</exception>
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
