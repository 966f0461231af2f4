using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Newsletter.Membership;
using Newsletter.Web.SignIn;

namespace Newsletter.Web.Pages.Editor.SignUps;

/// <summary>Operators release or discard held sign-ups here.</summary>
[Authorize(Policies.Operator)]
public sealed class SignUpsModel(SignUpBrake brake) : EditorPage
{
    private const string Here = "~/editor/sign-ups";

    public SignUpBrakeStatus Status { get; private set; } = null!;

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostReleaseAsync() => StepAsync(async () =>
    {
        var count = await brake.ReleaseAsync(Actor);
        return (Here, $"Released: {Amount.Of(count, "mail goes", "mails go")} out.");
    });

    public Task<IActionResult> OnPostDiscardAsync() => StepAsync(async () =>
    {
        var count = await brake.DiscardAsync(Actor);
        return (Here, $"Discarded: {Amount.Of(count, "mail is", "mails are")} not sent.");
    });

    protected override async Task LoadAsync() => Status = await brake.StatusAsync();
}
