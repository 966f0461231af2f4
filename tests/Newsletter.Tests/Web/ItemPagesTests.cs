using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using MimeKit;
using Newsletter.Archive;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Links;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Planning;
using Newsletter.Sending;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

/// <summary>Access to the page of an item: by its number, by a signed link, and as an editor.</summary>
public sealed partial class ItemPagesTests(Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task By_counting_numbers_nobody_finds_what_was_not_sent_and_editors_see_it()
    {
        var item = await site.ItemAsync("Not for today", "CFO");
        await site.SubscriberAsync("CFO");
        var edition = (await site.PlanAsync("counted")).Edition;
        using var client = site.Stranger();
        using var editor = await site.SignedInAsync("editor");
        foreach (var step in (Func<Task>[])
        [
            () => Task.CompletedTask,
            () => site.Get<EditionSteps>().ApproveAsync(edition, null, "test"),
            () => site.Get<EditionSteps>().SendAsync(edition, "test"),
        ])
        {
            await step();
            await HiddenAsync(client, item);
            using var seen = await editor.GetAsync($"/items/{item}");
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
            Assert.True(seen.Headers.CacheControl!.NoStore);
            Assert.Contains("noindex", await seen.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        // Sending starts with this step. The page is public from here on, before the first mail is sent.
        await site.Get<EditionMailFactory>().OpenAsync(await site.Get<EditionStore>().GetAsync(edition));
        await PublicAsync(client, item);
        await site.Get<EditionSteps>().PauseAsync(edition, "test");
        await PublicAsync(client, item);
    }

    [Fact]
    public async Task Mails_of_a_digest_that_is_kept_out_of_the_archive_link_by_an_address_that_is_the_same_for_all()
    {
        var item = await site.ItemAsync("Among ourselves", "Educator");
        var other = await site.ItemAsync("Never sent", "Sales Manager");
        var (one, two) = (await site.SubscriberAsync("Educator"), await site.SubscriberAsync("Educator"));
        var edition = await SendAsync("among-ourselves", "none");
        var link = LinkOf(MailTo(one));
        Assert.Equal(link, LinkOf(MailTo(two)));
        Assert.StartsWith("http://127.0.0.1:1/read/", link, StringComparison.Ordinal);
        Assert.DoesNotContain("/items/", MailTo(one).HtmlBody + MailTo(one).TextBody, StringComparison.Ordinal);

        using var client = site.Stranger();
        await HiddenAsync(client, item);
        using var page = await client.GetAsync(new Uri(link).AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(
            ("noindex", "no-referrer", true),
            (page.Headers.GetValues("X-Robots-Tag").Single(), page.Headers.GetValues("Referrer-Policy").Single(), page.Headers.CacheControl!.NoStore));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("<h1>Among ourselves</h1>", html, StringComparison.Ordinal);
        Assert.Contains("name=\"robots\" content=\"noindex\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("canonical", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"/items/{item}", html, StringComparison.Ordinal);

        // The mail's web page has the same link. It has no link to an item that was in no mail of this edition.
        var view = await client.GetStringAsync(new Uri(await site.ViewAsync(one.Row, edition)).AbsolutePath);
        Assert.Contains(link, view, StringComparison.Ordinal);
        Assert.DoesNotContain($"/items/{item}\"", view, StringComparison.Ordinal);
        Assert.DoesNotContain($"/items/{other}\"", view, StringComparison.Ordinal);
        Assert.DoesNotContain("Never sent", view, StringComparison.Ordinal);
        Assert.DoesNotContain(site.Links.Item(await RowAsync(other)), view, StringComparison.Ordinal);

        // A correction goes to the same readers and must use the same link.
        await site.Get<Correcting>().CorrectAsync(edition, "A number was wrong", "It was two.", item, "test");
        await site.Get<NoticeSending>().RunAsync(default);
        var correction = Assert.Single(site.Mails.Mails, mail => mail.Recipients.Contains(one.Email) && mail.Message.Subject == "A number was wrong");
        Assert.Contains(link, correction.Message.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("/items/", correction.Message.HtmlBody + correction.Message.TextBody, StringComparison.Ordinal);

        // Guessed URLs of the edition and of its digest give the same response as URLs of missing ones.
        foreach (var (guess, none) in new[]
            { ($"/archive/{edition}", "/archive/987654"), ("/archive?digest=among-ourselves", "/archive?digest=nothing") })
        {
            using var guessed = await client.GetAsync(guess);
            Assert.Equal(HttpStatusCode.NotFound, guessed.StatusCode);
            Assert.Equal(await (await client.GetAsync(none)).Content.ReadAsStringAsync(), await guessed.Content.ReadAsStringAsync());
        }

        // If the edition becomes public later, everybody sees the page, and the link in the mails stays valid.
        await site.Get<Archiving>().SetAsync(edition, "public", "test");
        await PublicAsync(client, item);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(link).AbsolutePath)).StatusCode);
    }

    [Fact]
    public async Task A_token_opens_its_own_page_and_no_other()
    {
        var item = await site.ItemAsync("Behind a token", "UX Designer");
        var reader = await site.SubscriberAsync("UX Designer");
        var token = site.Links.Item(await RowAsync(item)).Split('/')[^1];
        var edition = (await site.PlanAsync("behind-a-token")).Edition;
        using var client = site.Stranger();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/read/{token}")).StatusCode);
        foreach (var path in (string[])["view", "preferences", "unsubscribe", "confirm", "export", "erase"])
        {
            Assert.Equal((path, HttpStatusCode.NotFound), (path, (await client.GetAsync($"/{path}/{token}")).StatusCode));
        }
        foreach (var other in (string[])
        [
            await site.ViewAsync(reader.Row, edition), site.Links.Preferences(reader.Row), site.Links.Unsubscribe(reader.Row, edition),
            site.Links.Confirm(new RowKey(item, 1)), site.Links.Item(new RowKey(item, 0)), site.Links.Item((await RowAsync(item)) with { Id = item - 1 }),
            "/" + token[..^2] + "2", "/" + token + "2", "/" + item.ToString(CultureInfo.InvariantCulture), "/",
        ])
        {
            using var answer = await client.GetAsync("/read/" + other.Split('/')[^1]);
            Assert.Equal((other, HttpStatusCode.NotFound, true), (other, answer.StatusCode, answer.Headers.CacheControl!.NoStore));
        }
    }

    [Fact]
    public async Task Previews_and_tests_link_by_signed_addresses_and_the_mails_of_a_public_digest_by_public_ones()
    {
        var item = await site.ItemAsync("Seen beforehand", "Journalist");
        var reader = await site.SubscriberAsync("Journalist");
        var edition = (await site.PlanAsync("seen-beforehand")).Edition;
        var signed = site.Links.Item(await RowAsync(item));
        using var client = site.Stranger();
        using var editor = await site.SignedInAsync("editor");

        await site.Get<TestSending>().SendAsync(edition, ["probe@example.com"]);
        var test = Assert.Single(site.Mails.Mails, mail => mail.Recipients.Contains("probe@example.com")).Message;
        Assert.Equal(signed, LinkOf(test));
        Assert.Equal(signed, LinkOf((await site.Get<Preview>().OfReaderAsync(edition, reader)).TextBody));
        Assert.Contains(signed, await editor.GetStringAsync($"/editor/editions/{edition}/preview?role=journalist"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(signed).AbsolutePath)).StatusCode);
        await HiddenAsync(client, item);

        await SendPlannedAsync(edition);
        Assert.Equal($"http://127.0.0.1:1/items/{item}", LinkOf(MailTo(reader)));
        Assert.Equal($"http://127.0.0.1:1/items/{item}", LinkOf((await site.Get<Preview>().OfReaderAsync(edition, reader)).TextBody));
        await PublicAsync(client, item);
        // The preview for a role that nobody has contains items that were sent to nobody: it needs signed links.
        Assert.Contains(signed, await editor.GetStringAsync($"/editor/editions/{edition}/preview?role=journalist"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_went_out_in_mails_stays_when_the_edition_is_taken_out_of_the_archive()
    {
        var item = await site.ItemAsync("Taken out", "Recruiter");
        var reader = await site.SubscriberAsync("Recruiter");
        var edition = await SendAsync("taken-out", "public");
        await site.Get<Archiving>().SetAsync(edition, "none", "test");
        using var client = site.Stranger();
        using var page = await client.GetAsync(new Uri(LinkOf(MailTo(reader))).AbsolutePath);
        Assert.Equal((HttpStatusCode.OK, true), (page.StatusCode, page.Headers.CacheControl!.NoStore));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("noindex", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/archive/", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"/items/{item}<", await client.GetStringAsync("/feeds/all.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_person_asks_for_of_their_data_holds_nothing_of_a_plan_that_is_not_sent()
    {
        await site.ItemAsync("Planned for next week", "General Counsel");
        var reader = await site.SubscriberAsync("General Counsel");
        var edition = (await site.PlanAsync("next-week")).Edition;
        Assert.DoesNotContain("Planned for next week", await site.Get<PersonalDataStore>().ReadAsync(reader.Id), StringComparison.Ordinal);
        await SendPlannedAsync(edition);
        Assert.Contains("Planned for next week", await site.Get<PersonalDataStore>().ReadAsync(reader.Id), StringComparison.Ordinal);
    }

    private async Task<long> SendAsync(string slug, string archive)
    {
        await site.PlanAsync(slug);
        var digests = site.Get<DigestStore>();
        await digests.EditAsync(await digests.GetAsync(slug) with { Archive = archive });
        return await SendPlannedAsync((await site.Get<EditionPlanning>().PlanAsync(slug)).Edition);
    }

    private async Task<long> SendPlannedAsync(long edition)
    {
        await site.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await site.Get<EditionSteps>().SendAsync(edition, "test");
        await site.Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);
        return edition;
    }

    private async Task<RowKey> RowAsync(long item) => Assert.Single(await site.Get<ItemPageStore>().RowsAsync([item]));

    private MimeMessage MailTo(Subscriber reader) =>
        Assert.Single(site.Mails.Mails, mail => mail.Recipients.Contains(reader.Email) && mail.Message.Subject != "A number was wrong").Message;

    /// <summary>The link of the first item, which has no URL of its own.</summary>
    private static string LinkOf(MimeMessage mail)
    {
        var link = LinkOf(mail.TextBody);
        Assert.Contains($"href=\"{link}\"", mail.HtmlBody, StringComparison.Ordinal);
        return link;
    }

    private static string LinkOf(string? text) => Link().Match(text!).Value;

    private static async Task PublicAsync(HttpClient client, long item)
    {
        using var answer = await client.GetAsync($"/items/{item}");
        Assert.Equal((HttpStatusCode.OK, "public, max-age=300"), (answer.StatusCode, answer.Headers.CacheControl!.ToString()));
        Assert.DoesNotContain("noindex", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The response must be identical to that for a missing item.</summary>
    private static async Task HiddenAsync(HttpClient client, long item)
    {
        using var hidden = await client.GetAsync($"/items/{item}");
        using var absent = await client.GetAsync("/items/987654321");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (hidden.StatusCode, absent.StatusCode));
        Assert.True(hidden.Headers.CacheControl!.NoStore);
        Assert.Equal(await absent.Content.ReadAsStringAsync(), await hidden.Content.ReadAsStringAsync());
        Assert.Equal(Names(absent.Headers), Names(hidden.Headers));
    }

    private static IEnumerable<string> Names(HttpResponseHeaders headers) => headers.Select(header => header.Key).Order();

    [GeneratedRegex(@"http://127\.0\.0\.1:1/(?:items|read)/\S+")]
    private static partial Regex Link();
}
