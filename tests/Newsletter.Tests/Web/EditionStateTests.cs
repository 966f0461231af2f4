using System.Globalization;
using System.Net;
using AngleSharp.Html.Parser;
using Newsletter.Digests;

namespace Newsletter.Tests.Web;

/// <summary>Every state of an edition and every button of its page.</summary>
[Collection(nameof(Site))]
public sealed class EditionStateTests(Site site)
{
    /// <summary>A button and what its handler does. The page offers it for the first of these alone: hurrying is done by command.</summary>
    private static readonly Dictionary<string, EditionTransition[]> Buttons = new()
    {
        ["Approve"] = [EditionTransition.Approve],
        ["Schedule"] = [EditionTransition.Schedule],
        ["Send"] = [EditionTransition.Send, EditionTransition.Hurry],
        ["Pause"] = [EditionTransition.Pause],
        ["Resume"] = [EditionTransition.Resume],
        ["Cancel"] = [EditionTransition.Cancel],
    };

    /// <summary>To approve the same plan again is no error: another editor may have done it, and sending may have begun.</summary>
    private static readonly (string Button, string State)[] Repeatable =
    [
        ("Approve", EditionState.Approved), ("Approve", EditionState.Sending), ("Approve", EditionState.Paused), ("Approve", EditionState.Sent),
    ];

    [Theory]
    [InlineData(EditionState.Planned)]
    [InlineData(EditionState.Approved)]
    [InlineData(EditionState.Sending)]
    [InlineData(EditionState.Paused)]
    [InlineData(EditionState.Sent)]
    [InlineData(EditionState.Cancelled)]
    [InlineData(EditionState.Missed)]
    public async Task The_page_offers_what_the_table_allows_and_does_nothing_else(string state)
    {
        await site.ItemAsync($"Item for {state}", "Recruiter");
        var plan = await site.PlanAsync($"state-{state}");
        var page = string.Create(CultureInfo.InvariantCulture, $"/editor/editions/{plan.Edition}");
        var time = site.Get<TimeProvider>().GetUtcNow().AddDays(2).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        using var client = await site.SignedInAsync();
        foreach (var (button, transitions) in Buttons)
        {
            await site.ExecuteAsync(
                $"update editions set state = '{state}', send_at = null, started_at = null, finished_at = null, at_once = false where id = {plan.Edition}");
            var forms = new HtmlParser().ParseDocument(await client.GetStringAsync(page)).QuerySelectorAll("form[action]");
            Assert.Equal(
                (button, transitions[0].From(state) is not null),
                (button, forms.Any(form => form.GetAttribute("action")!.EndsWith($"handler={button}", StringComparison.Ordinal))));

            using var answer = await Site.PostFormAsync(client, page, $"{page}?handler={button}", ("planHash", plan.PlanHash), ("at", time));

            var expected = transitions.Select(transition => transition.From(state)).FirstOrDefault(to => to is not null);
            var after = await site.Get<EditionStore>().GetAsync(plan.Edition);
            Assert.Equal((button, expected ?? state), (button, after.State));
            var isDone = expected is not null || Repeatable.Contains((button, state));
            Assert.Equal((button, isDone ? HttpStatusCode.Found : HttpStatusCode.Conflict), (button, answer.StatusCode));
            // A transition that leads back to its own state shows in what it sets.
            Assert.Equal((button, button == "Schedule" && isDone || button == "Send" && state == EditionState.Approved), (button, after.SendAt is not null));
            Assert.Equal(
                button == "Send" && isDone ? 1 : 0, await site.CountAsync($"select count(*) from editions where id = {plan.Edition} and at_once"));
        }
        await site.ExecuteAsync($"update editions set state = 'cancelled' where id = {plan.Edition}");
    }
}
