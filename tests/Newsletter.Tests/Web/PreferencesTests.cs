using System.Net;
using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

[Collection(nameof(Site))]
public sealed class PreferencesTests(Site site)
{
    [Fact]
    public async Task What_is_chosen_is_kept_and_shown_again()
    {
        var (subscriber, path) = await ReaderAsync("PM", "CTO");
        using var client = site.Stranger();
        Assert.Contains("we take as Product Manager", await client.GetStringAsync(path));
        using var saved = await client.PostAsync(path, Site.Form(
            ("Form.Name", "Zoë <b>"), ("Form.Roles", "Data Engineer"), ("Form.OtherRoles", "Chief Wizard"),
            ("Form.Topics", "RAG; Agents"), ("Form.MutedTopics", "Crypto"),
            ("Form.Cadence", "weekly"), ("Form.Weekday", "1"), ("Form.Hour", "7"), ("Form.Timezone", "Europe/Berlin"), ("Form.Depth", "full"),
            ("Form.TooFew", "widen"), ("Form.PausedUntil", "2031-02-28")));
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        var p = (await site.Get<SubscriberStore>().FindAsync(subscriber.Id))!.Preferences;
        Assert.Equal(["Data Engineer", "Chief Wizard"], p.Roles);
        Assert.Equal((["RAG", "Agents"], ["Crypto"]), (p.Topics, p.MutedTopics), EqualLists);
        Assert.Equal(("Zoë <b>", "weekly", 1, 7, "Europe/Berlin", "full", "widen", new DateOnly(2031, 2, 28)),
            (p.Name, p.Cadence, p.Weekday, p.Hour, p.Timezone, p.Depth, p.TooFew, p.PausedUntil));

        var page = await client.GetStringAsync(path);
        Assert.Contains("value=\"Zoë &lt;b&gt;\"", page);
        Assert.Contains(">Chief Wizard</textarea>", page);
        Assert.Contains("is new to us", page);
        Assert.Matches("value=\"Data Engineer\" checked", page);
    }

    [Fact]
    public async Task An_international_address_is_shown_in_its_letters()
    {
        var subscriber = await site.Get<AddSubscriber>().AddAsync(
            EmailAddress.Parse("info@xn--bcher-kva.example.org"), new Preferences(), confirmed: true, "test");
        using var client = site.Stranger();
        Assert.Contains(
            "For <strong>info@bücher.example.org</strong>",
            await client.GetStringAsync(new Uri(site.Links.Preferences(subscriber.Row)).PathAndQuery));
    }

    [Fact]
    public async Task A_title_that_may_mean_several_things_is_kept_and_asked_about()
    {
        var (subscriber, path) = await ReaderAsync("SA");
        using var client = site.Stranger();
        Assert.Contains("name=\"Form.Meant[0]\" value=\"Software Architect\"", await client.GetStringAsync(path));
        using var kept = await client.PostAsync(path, Site.Form(("Form.OtherRoles", "SA"), ("Form.Asked[0]", "SA"), ("Form.Meant[0]", "")));
        Assert.Contains("is new to us", await kept.Content.ReadAsStringAsync());
        Assert.Equal(["SA"], (await site.Get<SubscriberStore>().FindAsync(subscriber.Id))!.Preferences.Roles);

        using var chosen = await client.PostAsync(path, Site.Form(("Form.OtherRoles", "SA"), ("Form.Asked[0]", "SA"), ("Form.Meant[0]", "Software Architect")));
        Assert.Equal(HttpStatusCode.OK, chosen.StatusCode);
        Assert.Equal(["Software Architect"], (await site.Get<SubscriberStore>().FindAsync(subscriber.Id))!.Preferences.Roles);
    }

    [Theory]
    [InlineData("Form.Timezone", "Mars/Olympus")]
    [InlineData("Form.Timezone", "../../etc/passwd")]
    [InlineData("Form.Hour", "24")]
    [InlineData("Form.Hour", "noon")]
    [InlineData("Form.Weekday", "-1")]
    [InlineData("Form.Cadence", "hourly")]
    [InlineData("Form.PausedUntil", "31.12.2030")]
    [InlineData("Form.Name", "two\nlines")]
    [InlineData("Form.Name", "nul\0byte")]
    [InlineData("Form.OtherRoles", "nul\0byte")]
    public async Task What_cannot_be_is_refused_and_nothing_changes(string field, string value)
    {
        var (subscriber, path) = await ReaderAsync("CTO");
        using var client = site.Stranger();
        using var answer = await client.PostAsync(path, Site.Form(("Form.Depth", "brief"), (field, value)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null((await site.Get<SubscriberStore>().FindAsync(subscriber.Id))!.Preferences.Depth);
    }

    [Fact]
    public async Task The_button_at_the_end_unsubscribes()
    {
        var (subscriber, path) = await ReaderAsync();
        using var client = site.Stranger();
        using var answer = await client.PostAsync(path + "?handler=Unsubscribe", null);
        Assert.Contains("You are unsubscribed", await answer.Content.ReadAsStringAsync());
        Assert.Equal("unsubscribed", await site.StatusOfAsync(subscriber.Id));

        using var late = await client.PostAsync(path, Site.Form(("Form.Name", "Back")));
        Assert.Equal("unsubscribed", await site.StatusOfAsync(subscriber.Id));
        Assert.Null((await site.Get<SubscriberStore>().FindAsync(subscriber.Id))!.Preferences.Name);
    }

    private static bool EqualLists((string[], string[]) a, (string[], string[]) b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2);

    private async Task<(Subscriber Subscriber, string Path)> ReaderAsync(params string[] roles)
    {
        var subscriber = await site.SubscriberAsync(roles);
        return (subscriber, new Uri(site.Links.Preferences(subscriber.Row)).AbsolutePath);
    }
}
