using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Newsletter.Addresses;
using Newsletter.Archive;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Zones;

namespace Newsletter.Web.Pages.Editor.Editions;

/// <summary>The state of an edition and the steps that change it: approve, schedule, send, pause, resume, cancel, test, archive.</summary>
public sealed class OverviewModel(
    EditionStore editions, DeliveryStore deliveries, EditionSteps steps, TestSending testMail, Archiving archiving) : EditionPage(editions)
{
    private const int LongestTime = 40;

    public override string Tab => "";

    public DeliveryAccount Account { get; private set; } = null!;

    public bool HasMails => HasAnyMail(Account);

    /// <summary>Whether the table of transitions allows the step now: the page shows no form that would be refused.</summary>
    public bool Allows(EditionTransition transition) => transition.From(Edition.State) is not null;

    /// <summary>The planned time in the digest's zone, as the input field takes it.</summary>
    public string? LocalSendAt => LocalTime(Edition);

    /// <param name="coverage">Earlier versions showed the coverage on this page: bookmarks of it are redirected.</param>
    public async Task<IActionResult> OnGetAsync(bool coverage)
    {
        if (coverage)
        {
            return LocalRedirect(PathOf(Id, "articles") + "?coverage=true");
        }
        await LoadAsync();
        return Page();
    }

    public Task<IActionResult> OnPostApproveAsync(string? planHash) =>
        // Without the hash of the plan that the editor saw, this would approve a plan that has changed since.
        StepAsync(() => steps.ApproveAsync(Id, planHash ?? "", Actor), "Approved: only the plan that you saw is sent.");

    public Task<IActionResult> OnPostSendAsync() => StepAsync(() => steps.SendAsync(Id, Actor), "Sending begins within a minute.");

    public Task<IActionResult> OnPostPauseAsync() =>
        StepAsync(() => steps.PauseAsync(Id, Actor), "Paused: mails that are being transferred are finished, no new ones begin.");

    public Task<IActionResult> OnPostResumeAsync() => StepAsync(() => steps.ResumeAsync(Id, Actor), "Sending continues.");

    public Task<IActionResult> OnPostCancelAsync() => StepAsync(() => steps.CancelAsync(Id, Actor), "Cancelled: its items can be used again.");

    public Task<IActionResult> OnPostScheduleAsync(string? at) => StepAsync(
        async () =>
        {
            var time = at is { Length: > 0 and <= LongestTime } ? at : throw Refusal.Invalid("Give a time such as 2026-12-01T08:00.");
            var edition = await Editions.GetAsync(Id);
            // The field holds neither seconds nor a UTC offset: an unchanged value keeps the exact stored time.
            var isTouched = edition.SendAt is null || time != LocalTime(edition);
            await steps.ScheduleAsync(Id, isTouched ? Schedule.ParseTime(time, edition.Timezone) : edition.SendAt!.Value, Actor);
        },
        "Scheduled.", "at");

    public Task<IActionResult> OnPostTestAsync() =>
        StepAsync(() => testMail.SendAsync(Id, [Actor]), $"A test is on its way to {EmailAddress.ReadableOf(Actor)}.");

    public Task<IActionResult> OnPostArchiveAsync(string? archive) => StepAsync(
        () => archiving.SetAsync(Id, archive ?? "", Actor), archive == "none" ? "Hidden from the archive." : "Shown in the archive as soon as it is sent.");

    protected override async Task LoadAsync()
    {
        await base.LoadAsync();
        Account = await deliveries.AccountAsync(Id);
    }

    private static string? LocalTime(Edition edition) => edition.SendAt is { } at
        ? Zone.Of(edition.Timezone).Local(at).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)
        : null;
}
