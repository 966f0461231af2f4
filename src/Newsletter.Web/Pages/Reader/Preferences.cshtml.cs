using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Web.Forms;
using Newsletter.Zones;

namespace Newsletter.Web.Pages.Reader;

/// <summary>The preferences of a reader. The token from their mail is the permission; without cookies, there is no CSRF.</summary>
[IgnoreAntiforgeryToken]
public sealed class PreferencesModel(
    SignedLinks links, SubscriberStore subscribers, PreferenceChange change, Unsubscribing unsubscribing, ReturnRequest returning, DataRequest data,
    TaxonomyStore taxonomies) : PageModel
{
    [BindProperty] public PreferencesForm Form { get; set; } = new();

    /// <summary>Null if the link is not valid.</summary>
    public Subscriber? Subscriber { get; private set; }

    public RoleFields Fields { get; private set; } = new([], [], []);

    /// <summary>Free-text labels and their meaning; null for one that waits for review.</summary>
    public IReadOnlyList<(string Label, string? Meaning)> Understood { get; private set; } = [];

    /// <summary>The question on an ambiguous time zone in the submitted form.</summary>
    public ZoneQuestion? ZoneQuestion { get; private set; }

    public bool IsTest { get; private set; }

    public bool IsSaved { get; private set; }

    /// <summary>A confirmation mail was sent; its link exports or deletes the reader's data.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>A confirmation mail was sent; its link subscribes the reader again.</summary>
    public bool IsReturning { get; private set; }

    public bool HasLeft { get; private set; }

    public async Task OnGetAsync(string token)
    {
        if (await FindAsync(token))
        {
            await ShowAsync(Subscriber!.Preferences.Roles);
        }
    }

    public async Task OnPostAsync(string token)
    {
        if (!await FindAsync(token) || Subscriber!.Status != SubscriberStatus.Confirmed)
        {
            return;
        }
        try
        {
            if (!Request.HasFormContentType)
            {
                throw Refusal.Invalid("Nothing was saved: the form could not be read. Load the page again, and save once more.");
            }
            if (Form.ZoneQuestion(Subscriber.Preferences.Timezone) is { } question)
            {
                throw Refusal.Invalid(
                    $"Not saved yet: “{question.Typed}” does not name a place. Choose a place, then save once more.").About(nameof(Form.ZoneMeant));
            }
            Subscriber = await change.ApplyOwnAsync(Subscriber.Id, Form.Over);
            IsSaved = true;
            await ShowAsync(Subscriber.Preferences.Roles);
        }
        catch (Refusal refusal)
        {
            this.Refuse(refusal);
            // Also if another field was refused, so that a given answer stays visible.
            ZoneQuestion = Form.Timezone == Subscriber.Preferences.Timezone ? null : ZoneQuestion.On(Form.Timezone ?? "");
            Fields = RoleFields.AsTyped(await taxonomies.ResolverAsync(), Form.RoleForm);
        }
    }

    public async Task OnPostUnsubscribeAsync(string token)
    {
        if (await FindAsync(token))
        {
            await unsubscribing.LeaveAsync(Subscriber!.Id);
            Subscriber = Subscriber with { Status = SubscriberStatus.Unsubscribed };
            HasLeft = true;
        }
    }

    public async Task OnPostReturnAsync(string token) => IsReturning = await AskAsync(token, () => returning.AskAsync(Subscriber!.Id));

    public async Task OnPostExportAsync(string token) => IsAsked = await AskAsync(token, () => data.AskAsync(Subscriber!.Id, NoticeKind.Export));

    public async Task OnPostEraseAsync(string token) => IsAsked = await AskAsync(token, () => data.AskAsync(Subscriber!.Id, NoticeKind.Erase));

    /// <returns>True if a mail was sent.</returns>
    private async Task<bool> AskAsync(string token, Func<Task> ask)
    {
        if (!await FindAsync(token))
        {
            return false;
        }
        var isAsked = false;
        try
        {
            await ask();
            isAsked = true;
        }
        catch (Refusal refusal)
        {
            this.Refuse(refusal);
        }
        await ShowAsync(Subscriber!.Preferences.Roles);
        return isAsked;
    }

    private async Task<bool> FindAsync(string token)
    {
        var link = links.Read(LinkPurpose.Preferences, token);
        IsTest = link is { IsTest: true };
        Subscriber = link is null ? null : await subscribers.FindAsync(link);
        Response.StatusCode = Subscriber is not null || IsTest ? 200 : 404;
        HasLeft = Subscriber?.Status == SubscriberStatus.Unsubscribed;
        return Subscriber is not null;
    }

    private async Task ShowAsync(IReadOnlyList<string> roles)
    {
        var resolver = await taxonomies.ResolverAsync();
        var questions = Form.RoleForm.QuestionsOn(resolver, roles).Where(question => question.IsOpen).ToList();
        Fields = new(resolver.Taxonomy.Roles, roles, questions);
        Form = PreferencesForm.Of(Subscriber!.Preferences);
        Understood = roles
            .Where(label => !questions.Any(question => question.Label == label)
                && !resolver.Taxonomy.Roles.Any(role => role.Name.Equals(label, StringComparison.OrdinalIgnoreCase)))
            .Select(label => (label, resolver.Resolve(label).Roles is { Count: > 0 } found ? string.Join(" and ", found.Select(role => role.Name)) : null))
            .ToList();
    }
}
