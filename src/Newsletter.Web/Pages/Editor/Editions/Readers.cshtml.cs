using Microsoft.AspNetCore.Mvc;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Web.Forms;

namespace Newsletter.Web.Pages.Editor.Editions;

/// <summary>Explains the selection for one reader of an edition, and sends corrections to its recipients.</summary>
public sealed class ReadersModel(
    EditionStore editions, DeliveryStore deliveries, Explaining explaining, Correcting correcting, CorrectionStore corrections) : EditionPage(editions)
{
    public override string Tab => "readers";

    public string? WhyEmail { get; private set; }

    public Explanation? Why { get; private set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<CorrectionAccount> Corrections { get; private set; } = [];

    /// <summary>At least one reader got the edition, and it is not being sent now.</summary>
    public bool MayBeCorrected { get; private set; }

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostCorrectAsync(string? subject, string? text, string? item) => StepAsync(async () =>
    {
        var readers = await correcting.CorrectAsync(
            Id, subject ?? "", text ?? "", string.IsNullOrWhiteSpace(item) ? null : Number(item, "item"), Actor);
        return (PathOf(Id, Tab) + "#corrections",
            $"The correction goes to {Amount.Of(readers, "reader")}; its mails are sent one after the other.");
    });

    /// <summary>A POST, although it changes nothing: an email address must not be part of a URL.</summary>
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
        await base.LoadAsync();
        Corrections = await corrections.OfEditionAsync(Id);
        MayBeCorrected = Edition.StartedAt is not null && Edition.State != EditionState.Sending && (await deliveries.AccountAsync(Id)).Sent > 0;
    }
}
