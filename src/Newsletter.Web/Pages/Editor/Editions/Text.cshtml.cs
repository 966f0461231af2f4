using Microsoft.AspNetCore.Mvc;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Newsroom;

namespace Newsletter.Web.Pages.Editor.Editions;

/// <summary>Subject and intro of all mails of an edition. Approval covers them.</summary>
public sealed class TextModel(EditionStore editions, DeliveryStore deliveries, EditionText text) : EditionPage(editions)
{
    public override string Tab => "text";

    public bool IsEditable => Edition.State == EditionState.Planned && Edition.PlanHash is not null;

    public bool HasMails { get; private set; }

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostSubjectAsync(string? subject) => StepAsync(
        () => text.SetSubjectAsync(Id, string.IsNullOrWhiteSpace(subject) ? null : subject, Actor),
        "The subject is saved: look at the preview, then approve.", "subject");

    public Task<IActionResult> OnPostIntroAsync(string? intro) => StepAsync(
        () => text.SetIntroAsync(Id, string.IsNullOrWhiteSpace(intro) ? null : intro, Actor),
        "The intro is saved: look at the preview, then approve.", "intro");

    protected override async Task LoadAsync()
    {
        await base.LoadAsync();
        HasMails = HasAnyMail(await deliveries.AccountAsync(Id));
    }
}
