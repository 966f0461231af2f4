using System.Net;
using System.Security.Cryptography;
using System.Text;
using Newsletter.Links;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

/// <summary>After a restore numbers are given out again: links of those who had them before open nobody else's pages.</summary>
[Collection(nameof(SiteOfEditors))]
public sealed class ReusedNumberTests(Site site)
{
    [Fact]
    public async Task Links_of_one_who_had_the_number_before_open_nothing()
    {
        await site.ItemAsync("For accountants", "Accountant");
        var alice = await site.SubscriberAsync("Accountant");
        var plan = await site.PlanAsync("reused");
        await site.ExecuteAsync($"update deliveries set state = 'sent' where edition_id = {plan.Edition}");
        using var client = site.Stranger();
        string[] links =
        [
            site.Links.Preferences(alice.Row), await site.ViewAsync(alice.Row, plan.Edition), site.Links.Return(alice.Row),
            site.Links.Unsubscribe(alice.Row, plan.Edition), await AskedAsync(alice),
        ];
        using var before = await client.GetAsync(PathOf(links[0]));
        Assert.Contains(alice.Email, await before.Content.ReadAsStringAsync());

        var bob = await RestoredAsync(alice, "bob@example.com");
        foreach (var link in links)
        {
            using var got = await client.GetAsync(PathOf(link));
            using var posted = await client.PostAsync(PathOf(link), null);
            Assert.DoesNotContain(bob, await got.Content.ReadAsStringAsync() + await posted.Content.ReadAsStringAsync());
        }
        using var left = await client.PostAsync(PathOf(links[3]), null);
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        Assert.Contains("This link is no longer valid", await left.Content.ReadAsStringAsync());
        Assert.Equal("pending", await site.StatusOfAsync(alice.Id));
    }

    [Fact]
    public async Task A_mail_of_an_edition_that_had_the_number_before_is_not_shown()
    {
        await site.ItemAsync("For auditors", "Auditor");
        var reader = await site.SubscriberAsync("Auditor");
        var plan = await site.PlanAsync("reused-edition");
        var path = PathOf(await site.ViewAsync(reader.Row, plan.Edition));
        using var client = site.Stranger();
        using var before = await client.GetAsync(path);
        await site.ExecuteAsync($"update editions set secret = random_secret() where id = {plan.Edition}");
        using var after = await client.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Old_links_are_good_for_people_who_were_there_then()
    {
        var reader = await site.SubscriberAsync();
        var path = "/preferences/" + OldToken(reader.Id);
        using var client = site.Stranger();
        using var unknown = await client.GetAsync(path);
        await site.ExecuteAsync($"update subscribers set has_old_links = true where id = {reader.Id}");
        using var known = await client.GetAsync(path);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (unknown.StatusCode, known.StatusCode));
    }

    /// <returns>The link of a sign-up, whose number is given out again as well.</returns>
    private async Task<string> AskedAsync(Subscriber person)
    {
        await site.ExecuteAsync($"insert into sign_ups (subscriber_id, created_at, expires_at) values ({person.Id}, now(), now() + interval '7 days')");
        return site.Links.Confirm((await site.SignUpAsync(person.Email))!.Value);
    }

    /// <returns>The address that the number belongs to from now on, unconfirmed.</returns>
    private async Task<string> RestoredAsync(Subscriber before, string email)
    {
        var asked = (await site.SignUpAsync(before.Email))!.Value.Id;
        await site.ExecuteAsync(
            $"""
            delete from subscribers where id = {before.Id};
            insert into subscribers (id, email, email_key, status, created_at) overriding system value
            values ({before.Id}, '{email}', '{email}', 'pending', now());
            insert into sign_ups (id, subscriber_id, created_at, expires_at) overriding system value
            values ({asked}, {before.Id}, now(), now() + interval '7 days');
            """);
        return email;
    }

    /// <summary>As Site's key signed it before rows had secrets.</summary>
    private static string OldToken(long subscriber)
    {
        byte[] signed = [(byte)LinkPurpose.Preferences, .. BitConverter.GetBytes(subscriber).Reverse(), .. new byte[8]];
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(new string('k', 32)));
        return Convert.ToBase64String([.. signed, .. HMACSHA256.HashData(key, signed)[..16]]).Replace('+', '-').Replace('/', '_');
    }

    private static string PathOf(string link) => new Uri(link).AbsolutePath;
}
