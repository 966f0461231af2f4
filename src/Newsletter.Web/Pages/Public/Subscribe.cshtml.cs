using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Roles;
using Newsletter.Web.Forms;
using Newsletter.Web.Http;

namespace Newsletter.Web.Pages.Public;

/// <summary>
/// Response and response time are equal for known and unknown addresses: they must not reveal whether an address is subscribed. Readers get
/// no cookie, so there is no anti-forgery token either.
/// </summary>
[IgnoreAntiforgeryToken]
[EnableRateLimiting(RateLimits.SignUp)]
public sealed class SubscribeModel(SignUpQueue signUps, TaxonomyStore taxonomies) : PageModel
{
    [BindProperty] public string? Email { get; set; }

    [BindProperty] public string[]? Roles { get; set; }

    [BindProperty] public string? OtherRoles { get; set; }

    /// <summary>See <see cref="RoleForm"/>; the same for <see cref="Meant"/>.</summary>
    [BindProperty] public string?[]? Asked { get; set; }

    // The explicit name is needed: without it, all other fields would be bound as answers.
    [BindProperty(Name = nameof(Meant))] public Dictionary<string, string?>? Meant { get; set; }

    /// <summary>See <see cref="TopicLines"/>.</summary>
    [BindProperty] public string? Topics { get; set; }

    /// <summary>A honeypot: invisible to people, but filled in by programs.</summary>
    [BindProperty] public string? Website { get; set; }

    public RoleFields Fields { get; private set; } = new([], [], []);

    public bool IsSent { get; private set; }

    /// <summary>The form was not processed: the page asks about a role first.</summary>
    public bool Asks { get; private set; }

    private RoleForm RoleForm => new(Roles, OtherRoles, Asked, Meant);

    public async Task OnGetAsync() => Fields = new((await taxonomies.LoadAsync()).Roles, [], []);

    public async Task OnPostAsync()
    {
        try
        {
            var roles = RoleForm.Read([]);
            var address = EmailAddress.Parse(Email);
            if (string.IsNullOrEmpty(Website))
            {
                // Ask before any lookup: the response must depend on the input only, not on the address.
                var resolver = await taxonomies.ResolverAsync();
                var questions = RoleForm.QuestionsOn(resolver, roles);
                if (questions.Any(question => question.IsOpen))
                {
                    Ask(resolver, roles, questions);
                    return;
                }

                await signUps.EnqueueAsync(address, roles, TopicLines.Read(Topics, [], nameof(Topics)));
            }
            IsSent = true;
        }
        catch (Refusal refusal)
        {
            this.Refuse(refusal);
            Fields = RoleFields.AsTyped(await taxonomies.ResolverAsync(), RoleForm);
        }
    }

    private void Ask(LabelResolver resolver, IReadOnlyList<string> roles, IReadOnlyList<RoleQuestion> questions)
    {
        Asks = true;
        Fields = new(resolver.Taxonomy.Roles, roles, questions);
        for (var number = 0; number < questions.Count && Asks; number++)
        {
            if (questions[number] is { IsOpen: true, WasAsked: true } open)
            {
                Asks = false;
                this.Refuse(Refusal.Invalid($"Choose the role that is closest to “{open.Label}”, or “None of these”.").About($"meant{number}"));
            }
        }
    }
}
