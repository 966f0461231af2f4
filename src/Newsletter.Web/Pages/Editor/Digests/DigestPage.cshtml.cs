using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Planning;

namespace Newsletter.Web.Pages.Editor.Digests;

public sealed class DigestPageModel(DigestStore digests, EditionStore editions, DeliveryStore deliveries, EditionPlanning planning) : EditorPage
{
    private const int LatestEditions = 10;

    [BindProperty(SupportsGet = true)] public string Slug { get; set; } = "";

    public Digest Digest { get; private set; } = null!;

    public IReadOnlyList<EditionRow> Editions { get; private set; } = [];

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostPlanAsync(CancellationToken cancel) => StepAsync(async () =>
    {
        var plan = await planning.PlanAsync(Slug, cancel);
        return (string.Create(CultureInfo.InvariantCulture, $"~/editor/editions/{plan.Edition}"),
            $"Planned: {Amount.Of(plan.Deliveries, "mail")}; {Amount.Of(plan.Empty)} of "
            + $"{Amount.Of(plan.Subscribers, "reader gets", "readers get")} nothing this time.");
    });

    protected override async Task LoadAsync()
    {
        Digest = await digests.GetAsync(Slug);
        Editions = await EditionRow.OfAsync(await editions.ListAsync(LatestEditions, Digest.Id), deliveries);
    }
}
