using Microsoft.AspNetCore.Mvc;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Newsroom;
using Newsletter.Planning;

namespace Newsletter.Web.Pages.Editor.Editions;

/// <summary>The articles of an edition by role, the overrides that change them, and the coverage by role.</summary>
public sealed class ArticlesModel(EditionStore editions, CompositionStore compositions, OverrideEditing overrideEditing, Coverage coverage)
    : EditionPage(editions)
{
    private const int MostRoles = 60;

    /// <summary>Above this number of subscribers, coverage takes seconds: it is computed on request only.</summary>
    private const int MostCoveredUnasked = 50_000;

    public override string Tab => "articles";

    /// <summary>Shows the coverage also for large editions, and for editions that are no longer in state planned.</summary>
    [BindProperty(SupportsGet = true, Name = "coverage")] public bool ShowsCoverage { get; set; }

    /// <summary>Items by the role they were chosen for; null is for readers without a role.</summary>
    public IReadOnlyList<(string? Role, IReadOnlyList<(long Id, string Title)> Items)> ByRole { get; private set; } = [];

    /// <summary>Null if it was not requested, or if the edition was planned by a version that did not store its inputs.</summary>
    public CoverageReport? Covered { get; private set; }

    public string PreviewOf(string role) => Url.Content(PathOf(Id, "preview")) + "?role=" + Uri.EscapeDataString(role);

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostOverrideAsync(
        string? item, [FromForm(Name = "deed")] string? kind, string? role, string? place) => ReplanAsync(() => kind switch
    {
        OverrideKind.Pin or OverrideKind.Exclude or OverrideKind.Lead =>
            overrideEditing.AddAsync(Id, kind, [Number(item, "item")], string.IsNullOrWhiteSpace(role) ? null : role, Actor),
        OverrideKind.Order => overrideEditing.PlaceAsync(Id, Number(item, "item"), (int)Math.Min(int.MaxValue, Number(place, "place")), Actor),
        _ => throw Refusal.Invalid("Choose what to do with the item: pin, lead, exclude or order."),
    });

    public Task<IActionResult> OnPostUndoAsync(string? item) =>
        ReplanAsync(() => overrideEditing.RemoveAsync(Id, Number(item, "item"), Actor));

    protected override async Task LoadAsync()
    {
        await base.LoadAsync();
        ByRole = (await compositions.ItemsByRoleAsync(Id))
            .GroupBy(item => item.Role, item => (item.ItemId, item.Title))
            .Take(MostRoles)
            .Select(group => (group.Key, (IReadOnlyList<(long, string)>)group.ToList()))
            .ToList();
        if (ShowsCoverage || (Edition.State == EditionState.Planned && Edition.Subscribers <= MostCoveredUnasked))
        {
            try
            {
                Covered = await coverage.OfAsync(Id, HttpContext.RequestAborted);
            }
            catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
            {
                // There is no coverage of this edition: the page shows everything else.
            }
        }
    }

    private Task<IActionResult> ReplanAsync(Func<Task<EditionPlan>> replan) => StepAsync(async () =>
    {
        var plan = await replan();
        return (
            PathOf(Id, Tab),
            $"Planned again: {Amount.Of(plan.Deliveries, "person gets", "people get")} mail, {Amount.Of(plan.Empty, "gets", "get")} nothing.");
    });
}
