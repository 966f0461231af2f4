using System.Net;
using Newsletter.Accounts;
using Newsletter.Membership;

namespace Newsletter.Tests.Web;

[Collection(nameof(Site))]
public sealed class HeldSignUpsTests(Site site)
{
    [Fact]
    public async Task Who_signs_up_sees_no_difference_and_operators_let_them_go()
    {
        var (free, held, known) = (site.NewAddress(), site.NewAddress(), (await site.SubscriberAsync("CTO")).Email);
        using var client = site.Stranger();
        using var operators = await site.SignedInAsync();
        using var editor = await site.SignedInAsync(Editor.EditorPermission);
        var usual = await AnswerAsync(client, free);
        Assert.DoesNotContain("Sign-ups are held", await editor.GetStringAsync("/editor"));
        await site.ExecuteAsync("update sign_up_brake set since = now()");
        try
        {
            Assert.Equal(usual, await AnswerAsync(client, held));
            Assert.Equal(usual, await AnswerAsync(client, known));
            Assert.Equal(2, await site.CountAsync("select count(*) from notices where state = 'held'"));
            Assert.Contains("Sign-ups are held", await editor.GetStringAsync("/editor"));
            using var forbidden = await editor.GetAsync("/editor/sign-ups");
            Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

            using var released = await Site.PostFormAsync(operators, "/editor/sign-ups", "/editor/sign-ups?handler=Release");
            Assert.Equal(HttpStatusCode.Found, released.StatusCode);
            Assert.Contains("Released: 2 mails go out.", await operators.GetStringAsync("/editor/sign-ups"));
            Assert.True((await site.Get<SignUpBrake>().StatusAsync()).IsQuiet);
            Assert.Equal("confirmed", (await site.ConfirmAsync(held)).Status);
        }
        finally
        {
            await site.ExecuteAsync("update sign_up_brake set since = null");
        }
    }

    [Fact]
    public async Task Beyond_the_cap_of_a_mailbox_the_answer_is_the_same()
    {
        var name = site.NewAddress().Split('@')[0];
        using var client = site.Stranger();
        var answers = new HashSet<string>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await AnswerAsync(client, $"{name}+{i}@plus.example.com"));
        }
        Assert.Single(answers);
        Assert.Equal(5, await site.CountAsync($"select count(*) from notices where mailbox = '{name}@plus.example.com'"));
    }

    private static async Task<string> AnswerAsync(HttpClient client, string email)
    {
        using var answer = await client.PostAsync("/subscribe", Site.Form(("Email", email), ("Roles", "CTO")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
