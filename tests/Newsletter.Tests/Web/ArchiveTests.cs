using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Xml.Linq;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Newsletter.Archive;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Mime;
using Newsletter.Planning;
using Newsletter.Sending;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

/// <summary>What everybody may see: archive, feeds and item pages. On a site of its own, since all of it is shown.</summary>
public sealed class ArchiveTests(Site site) : IClassFixture<Site>
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    [Fact]
    public async Task Only_what_was_sent_and_is_not_kept_out_is_public()
    {
        var item = await site.ItemAsync("Ledgers in the open", "CFO");
        await site.SubscriberAsync("CFO");
        var edition = (await site.PlanAsync("open-ledgers")).Edition;
        using var client = site.Stranger();
        await NotPublicAsync(client, edition, item);
        await site.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await NotPublicAsync(client, edition, item);
        await site.Get<EditionSteps>().SendAsync(edition, "test");
        await NotPublicAsync(client, edition, item);
        await site.Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);
        await PublicAsync(client, edition, item);

        await site.Get<Archiving>().SetAsync(edition, "none", "test");
        await NotPublicAsync(client, edition, item);
        await site.Get<Archiving>().SetAsync(edition, "public", "test");
        await PublicAsync(client, edition, item);

        var digest = await site.Get<DigestStore>().GetAsync("open-ledgers");
        await site.Get<DigestStore>().EditAsync(digest with { Archive = "none" });
        await PublicAsync(client, edition, item);
        await site.ExecuteAsync($"update editions set archive = null where id = {edition}");
        await NotPublicAsync(client, edition, item);
        await Assert.ThrowsAsync<Refusal>(() => site.Get<DigestStore>().EditAsync(digest with { Archive = "perhaps" }));
        await Assert.ThrowsAsync<Refusal>(() => site.Get<Archiving>().SetAsync(edition, "", "test"));
    }

    [Fact]
    public async Task An_edition_shows_all_its_articles_and_nothing_of_a_reader()
    {
        var (ours, theirs) = (await site.ItemAsync("For the head of sales", "Sales Manager"), await site.ItemAsync("For those who teach", "Educator"));
        var reader = await site.SubscriberAsync("Sales Manager");
        await site.Get<PreferenceChange>().ApplyAsync(reader.Id, known => known with { Name = "Zacharias Quill" });
        await site.SubscriberAsync("Educator");
        var edition = await SendAsync("two-roles");
        using var client = site.Stranger();
        using var answer = await client.GetAsync($"/archive/{edition}");

        Assert.Equal("public, max-age=300", answer.Headers.CacheControl!.ToString());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("Quill", html);
        Assert.DoesNotContain("@example.com", html);
        Assert.DoesNotContain("/view/", html);
        var page = Valid(html);
        Assert.Equal([ours, theirs], ItemsOf(page).Order());
        Assert.Equal($"http://127.0.0.1:1/archive/{edition}", page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Null(page.QuerySelector("meta[name=robots]"));

        // By what an article is best for, and not by who is there to get it.
        Assert.Equal([theirs], ItemsOf(Valid(await client.GetStringAsync($"/archive/{edition}?role=educator"))));
        Assert.Equal($"http://127.0.0.1:1/archive/{edition}",
            Valid(await client.GetStringAsync($"/archive/{edition}?role=educator")).QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Empty(ItemsOf(Valid(await client.GetStringAsync($"/archive/{edition}?role=cto"))));
    }

    [Fact]
    public async Task What_was_sent_is_shown_as_it_was_also_when_the_item_has_a_new_text()
    {
        var content = new ItemContent { Title = "Pumps at night", Url = "https://example.com/pumps", Summary = "The first text.", BestFor = ["UX Researcher"] };
        var item = (await site.Get<ItemStore>().SaveAsync(content)).Id;
        await site.SubscriberAsync("UX Researcher");
        var edition = await SendAsync("pumps");
        await site.Get<ItemStore>().SaveAsync(content with { Summary = "The second text." });
        using var client = site.Stranger();

        Assert.Contains("The first text.", await client.GetStringAsync($"/archive/{edition}"));
        Assert.Contains("The second text.", await client.GetStringAsync($"/items/{item}"));
        Assert.Contains("The second text.", await client.GetStringAsync("/feeds/all.xml"));
    }

    [Fact]
    public async Task The_archive_goes_newest_first_in_pages_and_by_digest_and_role()
    {
        await site.ItemAsync("For counsel only", "General Counsel");
        await site.SubscriberAsync("General Counsel");
        var newest = await SendAsync("for-counsel");
        await site.ExecuteAsync(
            """
            insert into editions (digest_id, state, started_at, created_at)
            select d.id, 'sent', timestamptz '2020-01-01 08:00Z' + n * interval '1 day', now()
            from digests d, generate_series(1, 44) n where d.slug = 'for-counsel';
            insert into edition_items (edition_id, position, item_id, revision_id)
            select e.id, 1, i.item_id, i.revision_id from editions e join digests d on d.id = e.digest_id and d.slug = 'for-counsel',
                (select item_id, revision_id from edition_items order by edition_id desc limit 1) i
            where e.started_at < '2021-01-01';
            """);
        using var client = site.Stranger();
        var first = Valid(await client.GetStringAsync("/archive?digest=for-counsel"));
        Assert.Equal(20, first.QuerySelectorAll(".cards > li").Length);
        Assert.Equal($"/archive/{newest}", first.QuerySelector(".cards h2 a")!.GetAttribute("href"));
        Assert.Equal("For counsel only", first.QuerySelector(".cards li li")!.TextContent);
        var next = first.QuerySelector("a[rel=next]")!.GetAttribute("href")!;
        var last = Valid(await client.GetStringAsync(next.Replace("page=2", "page=3", StringComparison.Ordinal)));
        Assert.Equal(5, last.QuerySelectorAll(".cards > li").Length);
        Assert.Null(last.QuerySelector("a[rel=next]"));
        Assert.Equal("Thursday, 2 January 2020", last.QuerySelector(".cards > li:last-child .hint")!.TextContent);

        Assert.Equal(20, Valid(await client.GetStringAsync("/archive?role=general-counsel")).QuerySelectorAll(".cards > li").Length);
        Assert.Empty(Valid(await client.GetStringAsync("/archive?role=journalist&page=7")).QuerySelectorAll(".cards > li"));
        foreach (var (path, status) in new[]
        {
            ("/archive?role=no-such-role", HttpStatusCode.NotFound), ("/archive?digest=no-such-digest", HttpStatusCode.NotFound),
            ($"/archive/{newest}?role=no-such-role", HttpStatusCode.NotFound), ("/archive/999999", HttpStatusCode.NotFound),
            ("/archive/99999999999999999999", HttpStatusCode.NotFound), ("/feeds/no-such-role.xml", HttpStatusCode.NotFound),
            ("/feeds/..%2Fall.xml", HttpStatusCode.NotFound), ("/archive?page=x", HttpStatusCode.BadRequest),
            ("/archive?page=-3", HttpStatusCode.OK), ("/archive?page=2000000000", HttpStatusCode.OK),
        })
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal((path, status), (path, answer.StatusCode));
            Assert.Equal(status != HttpStatusCode.OK, answer.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task A_feed_is_valid_atom_and_says_when_nothing_is_new()
    {
        var content = new ItemContent
        {
            Title = "Bees & <batteries>", Url = "https://example.com/bees", Summary = "What bees do.", KeyTakeaway = "Watch bees.",
            Topics = ["Bees"], BestFor = ["Journalist"],
        };
        var item = (await site.Get<ItemStore>().SaveAsync(content)).Id;
        await site.SubscriberAsync("Journalist");
        await SendAsync("bees");
        using var client = site.Stranger();
        using var answer = await client.GetAsync("/feeds/journalist.xml");

        Assert.Equal("application/atom+xml", answer.Content.Headers.ContentType!.MediaType);
        var feed = XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root!;
        Assert.Equal(Atom + "feed", feed.Name);
        Assert.Equal("http://127.0.0.1:1/feeds/journalist.xml", feed.Element(Atom + "id")!.Value);
        Assert.Equal("http://127.0.0.1:1/feeds/journalist.xml", LinkOf(feed, "self"));
        Assert.Equal("http://127.0.0.1:1/archive?role=journalist", LinkOf(feed, "alternate"));
        Assert.NotEmpty(feed.Element(Atom + "author")!.Element(Atom + "name")!.Value);
        var entry = Assert.Single(feed.Elements(Atom + "entry"));
        Assert.Equal($"http://127.0.0.1:1/items/{item}", entry.Element(Atom + "id")!.Value);
        Assert.Equal(($"http://127.0.0.1:1/items/{item}", "https://example.com/bees"), (LinkOf(entry, "alternate"), LinkOf(entry, "via")));
        Assert.Equal(("Bees & <batteries>", "text"), (entry.Element(Atom + "title")!.Value, entry.Element(Atom + "title")!.Attribute("type")!.Value));
        Assert.Equal("<p>What bees do.</p><p><strong>Watch bees.</strong></p>", entry.Element(Atom + "content")!.Value);
        var updated = Updated(entry);
        Assert.Equal((updated, updated), (Updated(feed), answer.Content.Headers.LastModified!.Value));

        foreach (var condition in (Action<HttpRequestHeaders>[])[h => h.IfNoneMatch.Add(answer.Headers.ETag!), h => h.IfModifiedSince = updated])
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, "/feeds/journalist.xml");
            condition(question.Headers);
            using var unchanged = await client.SendAsync(question);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        }
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/feeds/journalist.xml"));
        Assert.Equal((HttpStatusCode.OK, answer.Headers.ETag), (head.StatusCode, head.Headers.ETag));

        await Task.Delay(TimeSpan.FromSeconds(1.1)); // times in feeds and headers are whole seconds
        await site.Get<ItemStore>().SaveAsync(content with { Summary = "What bees do at night." });
        using var stale = new HttpRequestMessage(HttpMethod.Get, "/feeds/journalist.xml") { Headers = { IfModifiedSince = updated } };
        stale.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var changed = await client.SendAsync(stale);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var again = XDocument.Parse(await changed.Content.ReadAsStringAsync()).Root!.Element(Atom + "entry")!;
        Assert.Equal(entry.Element(Atom + "id")!.Value, again.Element(Atom + "id")!.Value);
        Assert.Equal(entry.Element(Atom + "published")!.Value, again.Element(Atom + "published")!.Value);
        Assert.True(Updated(again) > updated);

        var other = XDocument.Parse(await client.GetStringAsync("/feeds/recruiter.xml")).Root!;
        Assert.Empty(other.Elements(Atom + "entry"));
        Assert.Equal(DateTimeOffset.UnixEpoch, Updated(other));
    }

    [Fact]
    public async Task Whatever_an_article_says_comes_out_as_text_everywhere()
    {
        var reader = await site.SubscriberAsync("Lawyer");
        var ids = new List<long>();
        foreach (var text in Hostile.Texts)
        {
            // As a database may hold it: imports clean less or more from one version to the next.
            var content = new ItemContent
            {
                Title = text, Url = "https://example.com/?" + text, Summary = text, KeyTakeaway = text, KeyInsights = [text, text], Principles = [text],
                Method = text, InPractice = [text], Topics = [text], BestFor = ["Lawyer"], Credit = text, Publication = text, Language = "en",
            };
            ids.Add((await site.Get<ItemStore>().SaveAsync(content)).Id);
        }
        // They are much alike, and nobody gets a story twice.
        await site.ExecuteAsync("update items set story_id = id");
        await site.Get<DigestStore>().CreateAsync(new Digest
        {
            Id = 0, Slug = "hostile", Name = Hostile.Texts[1], Timezone = "UTC", Lead = TimeSpan.Zero, MinItems = 1, MaxItems = 50, CandidateDays = 30,
            Approval = "required",
        });
        var plan = await site.Get<EditionPlanning>().PlanAsync("hostile");
        foreach (var id in ids)
        {
            await site.ExecuteAsync($"insert into steers (edition_id, item_id, deed) values ({plan.Edition}, {id}, 'pin') on conflict do nothing");
        }
        var edition = await SendPlannedAsync("hostile");
        using var client = site.Stranger();
        var feed = await client.GetStringAsync("/feeds/all.xml");
        var entries = XDocument.Parse(feed).Root!.Elements(Atom + "entry").ToDictionary(e => e.Element(Atom + "id")!.Value);
        var archived = Harmless(await client.GetStringAsync($"/archive/{edition}"), styles: 0);
        Harmless(await client.GetStringAsync("/archive"), styles: 0);
        var view = Harmless(await client.GetStringAsync(new Uri(await site.ViewAsync(reader.Row, edition)).AbsolutePath), styles: 2);
        foreach (var (id, text) in ids.Zip(Hostile.Texts))
        {
            var title = UntrustedText.OneLine(text);
            var page = Harmless(await client.GetStringAsync($"/items/{id}"), styles: 0);
            Assert.Equal(title, page.QuerySelector("h1")!.TextContent);
            Assert.Equal(title, page.QuerySelector("meta[property='og:title']")!.GetAttribute("content"));
            Assert.Contains(archived.QuerySelectorAll("h2"), heading => heading.TextContent == title);
            var entry = entries[$"http://127.0.0.1:1/items/{id}"];
            Assert.Equal(title, entry.Element(Atom + "title")!.Value);
            var inside = new HtmlParser().ParseDocument(entry.Element(Atom + "content")!.Value);
            Assert.Empty(inside.QuerySelectorAll("script, img, svg, style, a, math"));
        }
        var shown = view.QuerySelectorAll("h2").Select(heading => heading.TextContent).ToList();
        Assert.True(Hostile.Texts.Count(text => shown.Contains(UntrustedText.OneLine(text))) >= 10, string.Join("\n", shown));
    }

    [Fact]
    public async Task Public_pages_say_what_they_are_to_others()
    {
        var item = await site.ItemAsync("Roadmaps without dates", "Product Manager");
        using var client = site.Stranger();
        await site.SubscriberAsync("Product Manager");
        var edition = await SendAsync("roadmaps");
        var page = Valid(await client.GetStringAsync($"/items/{item}"));
        Assert.Null(page.QuerySelector("meta[name=robots]"));
        Assert.Equal($"/archive/{edition}", page.QuerySelector("article + p a")!.GetAttribute("href"));
        foreach (var (path, type, title) in new[]
        {
            ($"/items/{item}", "article", "Roadmaps without dates"), ("/archive", "website", "Archive"),
            ("/archive?role=product-manager", "website", "Archive for Product Manager"),
        })
        {
            var shown = Valid(await client.GetStringAsync(path));
            Assert.Equal((type, title, "http://127.0.0.1:1" + path), (Meta(shown, "og:type"), Meta(shown, "og:title"), Meta(shown, "og:url")));
            Assert.Equal("http://127.0.0.1:1" + path, shown.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
            Assert.NotEmpty(Meta(shown, "og:description"));
            Assert.StartsWith(
                "http://127.0.0.1:1/feeds/",
                shown.QuerySelector("link[type='application/atom+xml']")!.GetAttribute("href"),
                StringComparison.Ordinal);
        }
        Assert.Contains("Disallow: /editor", await client.GetStringAsync("/robots.txt"));
    }

    [Fact]
    public async Task Pages_of_readers_are_kept_by_nobody()
    {
        await site.ItemAsync("For recruiters", "Recruiter");
        var reader = await site.SubscriberAsync("Recruiter");
        var edition = await SendAsync("recruiters");
        using var client = site.Stranger();
        foreach (var link in (string[])
        [
            await site.ViewAsync(reader.Row, edition), site.Links.Preferences(reader.Row), site.Links.Unsubscribe(reader.Row, edition),
        ])
        {
            using var answer = await client.GetAsync(new Uri(link).AbsolutePath);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.CacheControl!.NoStore);
            var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
            var robots = answer.Headers.TryGetValues("X-Robots-Tag", out var tag)
                ? tag.Single()
                : page.QuerySelector("meta[name=robots]")!.GetAttribute("content");
            Assert.Equal("noindex", robots);
        }
    }

    private static string Meta(IHtmlDocument page, string property) => page.QuerySelector($"meta[property='{property}']")!.GetAttribute("content")!;

    private static string? LinkOf(XElement element, string rel) =>
        element.Elements(Atom + "link").Single(link => link.Attribute("rel")!.Value == rel).Attribute("href")!.Value;

    private static DateTimeOffset Updated(XElement element) => DateTimeOffset.Parse(element.Element(Atom + "updated")!.Value, CultureInfo.InvariantCulture);

    private static IEnumerable<long> ItemsOf(IHtmlDocument page) =>
        page.QuerySelectorAll(".cards h2 a").Select(link => long.Parse(link.GetAttribute("href")!["/items/".Length..], CultureInfo.InvariantCulture));

    private static IHtmlDocument Valid(string html) => new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(html);

    private static IHtmlDocument Harmless(string html, int styles)
    {
        var page = new HtmlParser().ParseDocument(html);
        Assert.Empty(page.QuerySelectorAll("script, img, svg, math, noscript, iframe, object, [onerror], [onload], [onmouseover], [href^='javascript']"));
        Assert.Equal(styles, page.QuerySelectorAll("style").Length);
        Assert.DoesNotMatch("[\uE000-\uE0FF]", html);
        return page;
    }

    private async Task<long> SendAsync(string slug)
    {
        await site.PlanAsync(slug);
        return await SendPlannedAsync(slug);
    }

    private async Task<long> SendPlannedAsync(string slug)
    {
        var edition = (await site.Get<EditionPlanning>().PlanAsync(slug)).Edition;
        await site.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await site.Get<EditionSteps>().SendAsync(edition, "test");
        await site.Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);
        Assert.Equal("sent", (await site.Get<EditionStore>().GetAsync(edition)).State);
        return edition;
    }

    private static async Task PublicAsync(HttpClient client, long edition, long item)
    {
        Assert.Contains($"/archive/{edition}\"", await client.GetStringAsync("/archive"));
        Assert.Contains($"/items/{item}\"", await client.GetStringAsync($"/archive/{edition}"));
        Assert.Contains($"/items/{item}<", await client.GetStringAsync("/feeds/all.xml"));
        Assert.Contains($"/items/{item}<", await client.GetStringAsync("/feeds/cfo.xml"));
    }

    private static async Task NotPublicAsync(HttpClient client, long edition, long item)
    {
        Assert.DoesNotContain($"/archive/{edition}\"", await client.GetStringAsync("/archive"));
        using var answer = await client.GetAsync($"/archive/{edition}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain($"/items/{item}<", await client.GetStringAsync("/feeds/all.xml"));
        Assert.DoesNotContain($"/items/{item}<", await client.GetStringAsync("/feeds/cfo.xml"));
    }
}
