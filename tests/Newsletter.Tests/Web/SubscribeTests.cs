using System.Net;
using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

[Collection(nameof(Site))]
public sealed class SubscribeTests(Site site)
{
    [Fact]
    public async Task The_answer_is_the_same_for_every_address()
    {
        var known = await site.SubscriberAsync("CTO");
        var left = await site.SubscriberAsync();
        await site.Get<Unsubscribing>().LeaveAsync(left.Id);
        var suppressed = site.NewAddress();
        await site.Get<SuppressionStore>().AddAsync(EmailAddress.Parse(suppressed), "bounced", "test");

        var answers = new HashSet<string>();
        foreach (var address in (string[])[site.NewAddress(), known.Email, left.Email, suppressed])
        {
            using var client = site.Stranger();
            using var answer = await client.PostAsync("/subscribe", Site.Form(("Email", address), ("Roles", "CTO")));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            answers.Add(await answer.Content.ReadAsStringAsync());
        }
        Assert.Contains("Check your mailbox", Assert.Single(answers));
    }

    [Fact]
    public async Task Roles_come_from_the_list_and_from_own_words()
    {
        var address = site.NewAddress();
        using var client = site.Stranger();
        using var answer = await client.PostAsync("/subscribe", Site.Form(
            ("Email", address), ("Roles", "CTO"), ("Roles", "Data Engineer"), ("OtherRoles", "Chief Wizard\r\nPM"), ("Topics", "RAG\r\nAI agents")));
        Assert.Equal("pending", (await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(address)))!.Status);
        var subscriber = await site.ConfirmAsync(address);
        Assert.Equal(["CTO", "Data Engineer", "Chief Wizard", "PM"], subscriber.Preferences.Roles);
        Assert.Equal(["RAG", "AI agents"], subscriber.Preferences.Topics);
    }

    [Fact]
    public async Task Who_has_a_title_that_may_mean_several_things_is_asked_and_may_keep_it()
    {
        var address = site.NewAddress();
        using var client = site.Stranger();
        using var asking = await client.PostAsync("/subscribe", Site.Form(("Email", address), ("OtherRoles", "SA\r\nData Engineer Zorbing\r\nCTO")));
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await asking.Content.ReadAsStringAsync());
        Assert.Null(await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(address)));
        Assert.Equal(["SA", "Data Engineer Zorbing"], page.QuerySelectorAll("input[name^=Asked]").Select(i => i.GetAttribute("value")));
        Assert.Equal(["Software Architect", "Data Engineer"], new[] { "Meant[0]", "Meant[1]" }.Select(name => page.QuerySelectorAll($"input[name='{name}']")
            .Select(i => i.GetAttribute("value")!).First(v => v is "Software Architect" or "Data Engineer")));
        Assert.Equal("SA\nData Engineer Zorbing", page.QuerySelector("#roles")!.TextContent);

        using var answered = await client.PostAsync("/subscribe", Site.Form(("Email", address), ("Roles", "CTO"), ("OtherRoles", "SA\r\nData Engineer Zorbing"),
            ("Asked[0]", "SA"), ("Meant[0]", "Software Architect"), ("Asked[1]", "Data Engineer Zorbing"), ("Meant[1]", "")));
        Assert.Contains("Check your mailbox", await answered.Content.ReadAsStringAsync());
        Assert.Equal(["CTO", "Software Architect", "Data Engineer Zorbing"],
            (await site.ConfirmAsync(address)).Preferences.Roles);
    }

    [Fact]
    public async Task Only_the_button_confirms()
    {
        var address = site.NewAddress();
        using var client = site.Stranger();
        using var signedUp = await client.PostAsync("/subscribe", Site.Form(("Email", address)));
        var asking = (await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(address)))!;
        var id = asking.Id;
        var path = new Uri(site.Links.Confirm((await site.SignUpAsync(address))!.Value)).AbsolutePath;

        Assert.Contains("Confirm subscription", await client.GetStringAsync(path));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal("pending", await site.StatusOfAsync(id));

        using var posted = await client.PostAsync(path, null);
        Assert.Equal("confirmed", await site.StatusOfAsync(id));
        Assert.Matches("(?s)Welcome aboard.*/preferences/", await posted.Content.ReadAsStringAsync());
        using var again = await client.PostAsync(path, null);
        foreach (var page in (string[])[await again.Content.ReadAsStringAsync(), await client.GetStringAsync(path)])
        {
            Assert.Matches("(?s)You are in.*/preferences/", page);
        }

        await site.Get<Unsubscribing>().LeaveAsync(id);
        using var late = await client.PostAsync(path, null);
        Assert.Contains("Subscribe again", await late.Content.ReadAsStringAsync());
        Assert.Contains("Subscribe again", await client.GetStringAsync(path));
        Assert.Equal("unsubscribed", await site.StatusOfAsync(id));
    }

    [Fact]
    public async Task What_a_stranger_types_changes_nothing_of_one_who_left_and_the_first_mail_does_not_confirm_it()
    {
        var address = site.NewAddress();
        using var client = site.Stranger();
        using var signedUp = await client.PostAsync("/subscribe", Site.Form(("Email", address), ("Roles", "CTO"), ("Topics", "RAG")));
        var first = new Uri(site.Links.Confirm((await site.SignUpAsync(address))!.Value)).AbsolutePath;
        using var confirmed = await client.PostAsync(first, null);
        var person = (await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(address)))!;
        using var left = await client.PostAsync(new Uri(site.Links.Unsubscribe(person.Row, 0)).AbsolutePath, null);
        var before = await site.Get<SubscriberStore>().FindAsync(person.Id);
        await site.ExecuteAsync($"update notices set created_at = now() - interval '11 minutes' where subscriber_id = {person.Id}");

        using var typed = await client.PostAsync("/subscribe", Site.Form(("Email", address), ("Roles", "Data Engineer"), ("Topics", "Casino")));
        Assert.Equivalent(before, await site.Get<SubscriberStore>().FindAsync(person.Id), strict: true);
        using var pressed = await client.PostAsync(first, null);
        Assert.Contains("not subscribed any more", await pressed.Content.ReadAsStringAsync());
        Assert.Equivalent(before, await site.Get<SubscriberStore>().FindAsync(person.Id), strict: true);

        var second = new Uri(site.Links.Confirm((await site.SignUpAsync(address))!.Value)).AbsolutePath;
        Assert.NotEqual(first, second);
        using var own = await client.PostAsync(second, null);
        var after = (await site.Get<SubscriberStore>().FindAsync(person.Id))!;
        Assert.Equal(("confirmed", "Data Engineer", "Casino"), (after.Status, Assert.Single(after.Preferences.Roles), Assert.Single(after.Preferences.Topics)));
    }

    [Fact]
    public async Task A_link_is_good_as_long_as_its_row_says()
    {
        var address = site.NewAddress();
        using var client = site.Stranger();
        using var signedUp = await client.PostAsync("/subscribe", Site.Form(("Email", address)));
        var asked = (await site.SignUpAsync(address))!.Value;
        var path = new Uri(site.Links.Confirm(asked)).AbsolutePath;
        await site.ExecuteAsync($"update sign_ups set expires_at = now() where id = {asked.Id}");
        using var got = await client.GetAsync(path);
        using var posted = await client.PostAsync(path, null);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (got.StatusCode, posted.StatusCode));
        Assert.Contains("This link does not work any more", await posted.Content.ReadAsStringAsync());
        Assert.Equal("pending", (await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(address)))!.Status);
    }

    [Fact]
    public async Task What_fills_in_the_hidden_field_gets_the_same_answer_and_is_not_signed_up()
    {
        var address = site.NewAddress();
        using var client = site.Stranger();
        using var answer = await client.PostAsync("/subscribe", Site.Form(("Email", address), ("Website", "http://spam.example")));
        Assert.Contains("Check your mailbox", await answer.Content.ReadAsStringAsync());
        Assert.Null(await site.Get<SubscriberStore>().FindAsync(EmailAddress.Parse(address)));
    }

    [Fact]
    public async Task A_mistake_is_named_and_what_was_typed_stays()
    {
        using var client = site.Stranger();
        using var answer = await client.PostAsync("/subscribe", Site.Form(("Email", "no address"), ("OtherRoles", "<script>alert(1)</script>")));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("The email address has no @.", page);
        Assert.Contains("value=\"no address\"", page);
        Assert.DoesNotContain("<script", page);
    }

    [Fact]
    public async Task One_client_may_not_sign_up_without_end()
    {
        using var client = site.Stranger();
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 21; i++)
        {
            using var answer = await client.PostAsync("/subscribe", Site.Form(("Email", "not even an address")));
            codes.Add(answer.StatusCode);
            if (i == 20)
            {
                Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
                Assert.Matches(
                    "There were too many requests from your network: wait \\d+ minutes, then try again\\.", await answer.Content.ReadAsStringAsync());
            }
        }
        Assert.Equal(HttpStatusCode.BadRequest, codes[19]);
        Assert.Equal(HttpStatusCode.TooManyRequests, codes[20]);
        using var other = site.Stranger();
        using var fresh = await other.PostAsync("/subscribe", Site.Form(("Email", "not even an address")));
        Assert.Equal(HttpStatusCode.BadRequest, fresh.StatusCode);
    }
}
