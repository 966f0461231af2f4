using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Newsletter.Addresses;
using Newsletter.Archive;
using Newsletter.Choosing;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Planning;
using Newsletter.Web.Forms;
using Newsletter.Zones;

namespace Newsletter.Web.Pages.Editor.Editions;

public sealed class EditionPageModel(
    EditionStore editions, CompositionStore compositions, TestSending testMail, EditionSteps steps, DeliveryStore deliveries,
    Explaining explaining, OverrideEditing steering, EditionText wording, Coverage coverage, Archiving archiving, Correcting correcting,
    CorrectionStore corrections) : EditorPage
{
    private const int MostRoles = 60;
    private const int LongestTime = 40;

    /// <summary>Above this, coverage takes seconds: it is shown when asked for.</summary>
    private const int MostCoveredUnasked = 50_000;

    // Bound from the route only: a form field of the same name must not select another edition.
    [BindProperty(SupportsGet = true), FromRoute] public long Id { get; set; }

    /// <summary>Asked for; a planned edition shows its coverage always.</summary>
    [BindProperty(SupportsGet = true, Name = "coverage")] public bool ShowsCoverage { get; set; }

    public Edition Edition { get; private set; } = null!;

    public DeliveryAccount Account { get; private set; } = null!;

    /// <summary>Items by the role they were chosen for; null is for readers who named none.</summary>
    public IReadOnlyList<(string? Role, IReadOnlyList<(long Id, string Title)> Items)> ByRole { get; private set; } = [];

    /// <summary>Null when it was not asked for, or the edition was planned by a version that kept nothing to tell it from.</summary>
    public CoverageReport? Covered { get; private set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<CorrectionAccount> Corrections { get; private set; } = [];

    /// <summary>Somebody may have got it, and it is not being sent just now.</summary>
    public bool MayBeCorrected => Edition.StartedAt is not null && Edition.State != EditionState.Sending && Account.Sent > 0;

    public string? WhyEmail { get; private set; }

    public Explanation? Why { get; private set; }

    /// <summary>As the input field takes it, in the digest's zone.</summary>
    public string? LocalSendAt => LocalTime(Edition);

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostApproveAsync(string? planHash) =>
        // Without the hash of what was looked at, it would approve whatever is there now.
        TakeAsync(() => steps.ApproveAsync(Id, planHash ?? "", Actor), "Approved: what you saw is what is sent.");

    public Task<IActionResult> OnPostSendAsync() => TakeAsync(() => steps.SendAsync(Id, Actor), "Sending begins within a minute.");

    public Task<IActionResult> OnPostPauseAsync() => TakeAsync(() => steps.PauseAsync(Id, Actor), "Paused: what is on the wire ends, nothing new begins.");

    public Task<IActionResult> OnPostResumeAsync() => TakeAsync(() => steps.ResumeAsync(Id, Actor), "Sending goes on.");

    public Task<IActionResult> OnPostCancelAsync() => TakeAsync(() => steps.CancelAsync(Id, Actor), "Cancelled: its items are free again.");

    public Task<IActionResult> OnPostScheduleAsync(string? at) => TakeAsync(
        async () =>
        {
            var time = at is { Length: > 0 and <= LongestTime } ? at : throw Refusal.Invalid("Give a time such as 2026-12-01T08:00.");
            var edition = await editions.GetAsync(Id);
            // The field holds neither seconds nor a UTC offset: an unchanged value keeps the exact stored time.
            var isTouched = edition.SendAt is null || time != LocalTime(edition);
            await steps.ScheduleAsync(Id, isTouched ? Schedule.ParseTime(time, edition.Timezone) : edition.SendAt!.Value, Actor);
        },
        "Scheduled.", "at");

    public Task<IActionResult> OnPostTestAsync() => TakeAsync(() => testMail.SendAsync(Id, [Actor]), $"A test is on its way to {EmailAddress.ReadableOf(Actor)}.");

    public Task<IActionResult> OnPostSubjectAsync(string? subject) =>
        TakeAsync(() => wording.SetSubjectAsync(Id, string.IsNullOrWhiteSpace(subject) ? null : subject, Actor), "The subject is kept: look at "
            + "the mail, then approve.", "subject");

    public Task<IActionResult> OnPostIntroAsync(string? intro) =>
        TakeAsync(() => wording.SetIntroAsync(Id, string.IsNullOrWhiteSpace(intro) ? null : intro, Actor), "The intro is kept: look at the mail, "
            + "then approve.", "intro");

    public Task<IActionResult> OnPostSteerAsync(string? item, string? deed, string? role, string? place) => ReplanAsync(() => deed switch
    {
        OverrideKind.Pin or OverrideKind.Exclude or OverrideKind.Lead =>
            steering.SteerAsync(Id, deed, [Number(item, "item")], string.IsNullOrWhiteSpace(role) ? null : role, Actor),
        OverrideKind.Order => steering.PlaceAsync(Id, Number(item, "item"), (int)Math.Min(int.MaxValue, Number(place, "place")), Actor),
        _ => throw Refusal.Invalid("Say what to do with the item: pin, lead, exclude or order."),
    });

    public Task<IActionResult> OnPostUnsteerAsync(string? item) => ReplanAsync(() => steering.UnsteerAsync(Id, Number(item, "item"), Actor));

    public Task<IActionResult> OnPostArchiveAsync(string? archive) => TakeAsync(
        () => archiving.SetAsync(Id, archive ?? "", Actor), archive == "none" ? "Kept out of the archive." : "In the archive once it is sent.");

    public Task<IActionResult> OnPostCorrectAsync(string? subject, string? text, string? item) => StepAsync(async () =>
    {
        var readers = await correcting.CorrectAsync(
            Id, subject ?? "", text ?? "", string.IsNullOrWhiteSpace(item) ? null : Number(item, "item"), Actor);
        return (string.Create(CultureInfo.InvariantCulture, $"~/editor/editions/{Id}#corrections"),
            $"{Amount.Of(readers, "reader is", "readers are")} written to; the mails go out by and by.");
    });

    /// <summary>By POST, though it changes nothing: a reader's address does not belong into an address line.</summary>
    public async Task<IActionResult> OnPostWhyAsync(string? email)
    {
        WhyEmail = email;
        try
        {
            Why = await explaining.WhyAsync(Id, email ?? "");
        }
        catch (Refusal refusal)
        {
            this.Refuse(refusal.Kind == RefusalKind.Conflict ? refusal : refusal.About("email"));
        }
        await LoadAsync();
        return Page();
    }

    protected override async Task LoadAsync()
    {
        Edition = await editions.GetAsync(Id);
        Account = await deliveries.AccountAsync(Id);
        ByRole = (await compositions.ItemsByRoleAsync(Id))
            .GroupBy(item => item.Role, item => (item.ItemId, item.Title))
            .Take(MostRoles)
            .Select(group => (group.Key, (IReadOnlyList<(long, string)>)group.ToList()))
            .ToList();
        Corrections = await corrections.OfEditionAsync(Id);
        if (ShowsCoverage || (Edition.State == EditionState.Planned && Edition.Subscribers <= MostCoveredUnasked))
        {
            try
            {
                Covered = await coverage.OfAsync(Id, HttpContext.RequestAborted);
            }
            catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
            {
                // The page has all the rest.
            }
        }
    }

    private Task<IActionResult> ReplanAsync(Func<Task<EditionPlan>> replan) => StepAsync(async () =>
    {
        var plan = await replan();
        return (
            string.Create(CultureInfo.InvariantCulture, $"~/editor/editions/{Id}"),
            $"Planned again: {Amount.Of(plan.Deliveries, "person gets", "people get")} mail, {Amount.Of(plan.Empty, "gets", "get")} nothing.");
    });

    // Model binding would also read 0x14 and #14.
    private static long Number(string? typed, string field) =>
        long.TryParse(typed?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Refusal.Invalid($"The {field} must be a whole number such as 12.").About(field);

    private static string? LocalTime(Edition edition) => edition.SendAt is { } at
        ? Zone.Of(edition.Timezone).Local(at).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)
        : null;

    private Task<IActionResult> TakeAsync(Func<Task> step, string done, string? field = null) => StepAsync(
        async () =>
        {
            await step();
            return (string.Create(CultureInfo.InvariantCulture, $"~/editor/editions/{Id}"), done);
        },
        field);
}
