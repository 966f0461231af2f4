using System.Globalization;
using System.Net;
using Newsletter.Digests;

namespace Newsletter.Tests.Web;

/// <summary>Every state of an edition and every button of its page: the table of transitions decides, or the page refuses.</summary>
[Collection(nameof(Site))]
public sealed class EditionStateTests(Site site)
{
    private static readonly Dictionary<string, EditionTransition[]> Buttons = new()
    {
        ["Approve"] = [EditionTransition.Approve],
        ["Schedule"] = [EditionTransition.Schedule],
        ["Send"] = [EditionTransition.Send, EditionTransition.Hurry],
        ["Pause"] = [EditionTransition.Pause],
        ["Resume"] = [EditionTransition.Resume],
        ["Cancel"] = [EditionTransition.Cancel],
    };

    [Theory]
    [InlineData(EditionState.Planned)]
    [InlineData(EditionState.Approved)]
    [InlineData(EditionState.Sending)]
    [InlineData(EditionState.Paused)]
    [InlineData(EditionState.Sent)]
    [InlineData(EditionState.Cancelled)]
    [InlineData(EditionState.Missed)]
    public async Task Buttons_go_by_the_table(string state)
    {
        await site.ItemAsync($"Item for {state}", "Recruiter");
        var plan = await site.PlanAsync($"state-{state}");
        var page = string.Create(CultureInfo.InvariantCulture, $"/editor/editions/{plan.Edition}");
        var time = site.Get<TimeProvider>().GetUtcNow().AddDays(2).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        using var client = await site.SignedInAsync();
        foreach (var (button, transitions) in Buttons)
        {
            await site.ExecuteAsync($"update editions set state = '{state}', send_at = null, started_at = null, finished_at = null where id = {plan.Edition}");
            using var answer = await Site.PostFormAsync(client, page, $"{page}?handler={button}", ("planHash", plan.PlanHash), ("at", time));

            var expected = transitions.Select(transition => transition.From(state)).FirstOrDefault(to => to is not null) ?? state;
            Assert.Equal((button, expected), (button, (await site.Get<EditionStore>().GetAsync(plan.Edition)).State));
            Assert.True(answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.Conflict, $"{button} when {state}: {answer.StatusCode}");
        }
        await site.ExecuteAsync($"update editions set state = 'cancelled' where id = {plan.Edition}");
    }
}
