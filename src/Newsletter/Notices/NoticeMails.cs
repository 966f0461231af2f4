using System.Globalization;
using Microsoft.Extensions.Options;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Links;
using Newsletter.Mime;
using Newsletter.Rendering;
using Newsletter.Zones;

namespace Newsletter.Notices;

/// <summary>Builds the mails of notices.</summary>
public sealed class NoticeMails(
    CorrectionStore corrections, NoticeRenderer notices, SignedLinks links, IOptions<SenderOptions> sender, IOptions<BrandOptions> brand,
    IOptions<SiteOptions> site, TimeProvider time)
{
    private string Name => sender.Value.Name;

    /// <summary>Checks what every notice needs, independent of its recipient.</summary>
    /// <exception cref="Refusal">Invalid: the sender's address or the public URL is not valid, or a template does not compile.</exception>
    public Task CheckAsync()
    {
        sender.Value.Checked();
        site.Value.Root();
        return notices.CompileAsync();
    }

    /// <summary>Call <see cref="CheckAsync"/> first. An error after it concerns only this notice, and will occur in each attempt.</summary>
    /// <exception cref="Refusal">Invalid: the reader's address is not valid, or a template fails. NotFound: the correction was deleted.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The database is unavailable: this says nothing about the notice.</exception>
    public Task<MimeMessage> MessageAsync(Notice notice) => notice.Kind switch
    {
        NoticeKind.Confirm => LinkAsync(notice, Notices.NoticeTemplate.ConfirmSubscription, $"Please confirm: {Name}", links.Confirm(notice.SignUp)),
        NoticeKind.Preferences => LinkAsync(notice, Notices.NoticeTemplate.PreferencesLink, $"Your preferences: {Name}", links.Preferences(notice.Subscriber)),
        NoticeKind.Welcome => LinkAsync(notice, Notices.NoticeTemplate.Welcome, $"Welcome to {Name}", links.Preferences(notice.Subscriber)),
        NoticeKind.Goodbye => LinkAsync(notice, Notices.NoticeTemplate.Goodbye, $"You are unsubscribed: {Name}", links.Return(notice.Subscriber)),
        NoticeKind.Export => LinkAsync(notice, Notices.NoticeTemplate.ExportData, $"Your data: {Name}", links.Export(notice.Row, notice.Subscriber.Id)),
        NoticeKind.Erase => LinkAsync(notice, Notices.NoticeTemplate.EraseData, $"Delete your data: {Name}", links.Erase(notice.Row, notice.Subscriber.Id)),
        _ => CorrectionAsync(notice),
    };

    private Task<MimeMessage> LinkAsync(Notice notice, Notices.NoticeTemplate template, string subject, string url) => notices.MessageAsync(
        template,
        new NoticeModel { Name = Name, Url = url, PublicUrl = site.Value.Root(), PostalAddress = sender.Value.PostalAddress, Brand = brand.Value },
        Head(notice, subject));

    private async Task<MimeMessage> CorrectionAsync(Notice notice)
    {
        var correction = await corrections.FindAsync(notice.CorrectionId ?? 0) ?? throw Refusal.NotFound("The correction does not exist any more.");
        var sent = Zone.Of(correction.Timezone).Local(correction.SentAt);
        return await notices.CorrectionAsync(
            new CorrectionModel
            {
                Name = Name,
                PublicUrl = site.Value.Root(),
                PostalAddress = sender.Value.PostalAddress,
                Brand = brand.Value,
                Subject = correction.Subject,
                Text = correction.Text,
                Edition = $"{correction.DigestName} of {sent.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture)}",
                ItemTitle = correction.ItemTitle,
                ItemUrl = correction is { ItemId: { } item, ItemSecret: { } secret } ? PageOf(new RowKey(item, secret), correction.SignsItems) : null,
                PreferencesUrl = links.Preferences(notice.Subscriber),
                UnsubscribeUrl = links.Unsubscribe(notice.Subscriber, correction.EditionId),
            },
            Head(notice, correction.Subject));
    }

    /// <summary>The same kind of link as in the edition's own mails.</summary>
    private string PageOf(RowKey item, bool isSigned) =>
        isSigned ? links.Item(item) : string.Create(CultureInfo.InvariantCulture, $"{site.Value.Root()}/items/{item.Id}");

    private MailHead Head(Notice notice, string subject) => new()
    {
        Sender = sender.Value.Checked(),
        To = notice.Email,
        Subject = subject,
        Date = time.GetUtcNow(),
        MessageId = $"{links.NoticeMail(notice.Row, notice.Subscriber.Id)}@{sender.Value.Domain}",
    };
}
