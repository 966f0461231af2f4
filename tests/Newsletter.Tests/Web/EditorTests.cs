using System.Net;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Links;
using Newsletter.Planning;
using Newsletter.Roles;
using Newsletter.Sending;

namespace Newsletter.Tests.Web;

[Collection(nameof(SiteOfEditors))]
public sealed class EditorTests(Site site)
{
    [Theory]
    [InlineData("/editor")]
    [InlineData("/editor/items")]
    [InlineData("/editor/account")]
    [InlineData("/editor/roles")]
    [InlineData("/editor/editions/1")]
    [InlineData("/editor/editions/1/articles")]
    [InlineData("/editor/editions/1/text")]
    [InlineData("/editor/editions/1/readers")]
    [InlineData("/editor/editions/1/preview")]
    [InlineData("/editor/digests/weekly")]
    [InlineData("/hangfire")]
    [InlineData("/hangfire/recurring")]
    public async Task Strangers_are_sent_to_the_sign_in_page(string path)
    {
        using var client = site.Stranger();
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/editor/sign-in", answer.Headers.Location!.ToString().Split('?')[0]);
    }

    [Fact]
    public async Task Jobs_are_for_operators_only()
    {
        using var editor = await site.SignedInAsync(Editor.EditorPermission);
        using var refused = await editor.GetAsync("/hangfire");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var @operator = await site.SignedInAsync();
        using var shown = await @operator.GetAsync("/hangfire");
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }

    [Fact]
    public async Task A_set_up_link_works_once()
    {
        var path = await site.Get<SetupLinks>().InviteAsync(EmailAddress.Parse(site.NewAddress()), Editor.EditorPermission, "test");
        using var first = site.Stranger();
        using var cookies = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = site.Address };
        using var tooShort = await Site.PostFormAsync(cookies, path, ("Password", "short"));
        Assert.Equal(HttpStatusCode.BadRequest, tooShort.StatusCode);
        using var used = await Site.PostFormAsync(cookies, path, ("Password", Site.Password));
        Assert.Equal("/editor", used.Headers.Location!.ToString());
        using var again = await first.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_does_not_sign_in_and_a_right_one_goes_back_to_our_pages_only()
    {
        var address = site.NewAddress();
        var setup = await site.Get<SetupLinks>().InviteAsync(EmailAddress.Parse(address), Editor.EditorPermission, "test");
        await site.Get<SetupLinks>().UseAsync(setup[SetupLinks.Path.Length..], null, Site.Password);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = site.Address };
        using var wrong = await Site.PostFormAsync(client, "/editor/sign-in", ("Email", address), ("Password", "wrong password"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var right = await Site.PostFormAsync(client, "/editor/sign-in?returnUrl=//evil.example", ("Email", address), ("Password", Site.Password));
        Assert.Equal("/editor", right.Headers.Location!.ToString());
        var cookie = right.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("newsletter.editor=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_disabled_editor_is_out_at_once()
    {
        using var client = await site.SignedInAsync(Editor.EditorPermission);
        var newest = (await site.Get<EditorStore>().ListAsync()).MaxBy(editor => editor.Id)!;
        using var before = await client.GetAsync("/editor");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await site.ExecuteAsync($"update editors set disabled_at = now() where id = {newest.Id}");
        using var after = await client.GetAsync("/editor");
        Assert.Equal(HttpStatusCode.Found, after.StatusCode);
    }

    [Theory]
    [InlineData("/editor/sign-out")]
    [InlineData("/editor/account?handler=SignOut")]
    [InlineData("/editor/account?handler=Password")]
    [InlineData("/editor/editions/1?handler=Approve")]
    [InlineData("/editor/editions/1?handler=Cancel")]
    [InlineData("/editor/editions/1?handler=Send")]
    [InlineData("/editor/editions/1/articles?handler=Override")]
    [InlineData("/editor/editions/1/articles?handler=Undo")]
    [InlineData("/editor/editions/1?handler=Archive")]
    [InlineData("/editor/editions/1/readers?handler=Correct")]
    [InlineData("/editor/editions/1/text?handler=Subject")]
    [InlineData("/editor/editions/1/text?handler=Intro")]
    [InlineData("/editor/digests/weekly?handler=Plan")]
    [InlineData("/editor/roles")]
    public async Task Without_the_token_of_our_own_page_nothing_is_done(string path)
    {
        using var client = await site.SignedInAsync();
        using var answer = await client.PostAsync(path, Site.Form(("planHash", "x"), ("label", "x"), ("roles", "cto")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var still = await client.GetAsync("/editor");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task An_edition_is_kept_out_of_the_archive_and_corrected_on_its_page()
    {
        await site.ItemAsync("An item with a mistake", "Growth Manager");
        var reader = await site.SubscriberAsync("Growth Manager");
        var edition = (await site.PlanAsync("corrected")).Edition;
        var page = $"/editor/editions/{edition}";
        using var client = await site.SignedInAsync();
        var readers = page + "/readers";
        Assert.DoesNotContain("Write to the readers who got it", await client.GetStringAsync(readers));
        await site.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await site.Get<EditionSteps>().SendAsync(edition, "test");
        await site.Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);

        using var hidden = await Site.PostFormAsync(client, page, page + "?handler=Archive", ("archive", "none"));
        Assert.Equal(HttpStatusCode.Found, hidden.StatusCode);
        using var gone = await client.GetAsync($"/archive/{edition}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Contains("not in the archive", await client.GetStringAsync(page));

        using var refused = await Site.PostFormAsync(
            client, readers, readers + "?handler=Correct", ("subject", ""), ("text", "<b>Text</b> that was typed"), ("item", ""));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("&lt;b&gt;Text&lt;/b&gt; that was typed</textarea>", await refused.Content.ReadAsStringAsync());
        using var done = await Site.PostFormAsync(
            client, readers, readers + "?handler=Correct", ("subject", "We were <wrong>"), ("text", "It was two."), ("item", ""));
        Assert.Equal(HttpStatusCode.Found, done.StatusCode);
        var after = await client.GetStringAsync(readers);
        Assert.Matches("The correction goes to [0-9]+ readers?", after);
        Assert.Contains("We were &lt;wrong&gt;", after);
        Assert.Equal(1, await site.CountAsync($"select count(*) from notices where kind = 'correction' and subscriber_id = {reader.Id}"));
    }

    [Fact]
    public async Task Only_the_plan_that_was_seen_is_approved()
    {
        await site.SubscriberAsync("Nurse Practitioner", "Recruiter");
        await site.ItemAsync("First item", "Recruiter");
        var seen = await site.PlanAsync("stale");
        var page = $"/editor/editions/{seen.Edition}";
        await site.ItemAsync("Second item", "Recruiter");
        var now = await site.Get<EditionPlanning>().PlanAsync("stale");
        Assert.NotEqual(seen.PlanHash, now.PlanHash);

        using var client = await site.SignedInAsync();
        using var stale = await Site.PostFormAsync(client, page, page + "?handler=Approve", ("planHash", seen.PlanHash));
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Contains("was planned again", await stale.Content.ReadAsStringAsync());
        using var none = await Site.PostFormAsync(client, page, page + "?handler=Approve");
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        Assert.Equal(EditionState.Planned, (await site.Get<EditionStore>().GetAsync(seen.Edition)).State);

        using var good = await Site.PostFormAsync(client, page, page + "?handler=Approve", ("planHash", now.PlanHash));
        Assert.Equal(HttpStatusCode.Found, good.StatusCode);
        Assert.Contains("Approved:", await client.GetStringAsync(page));
        var edition = await site.Get<EditionStore>().GetAsync(seen.Edition);
        Assert.Equal(EditionState.Approved, edition.State);
        Assert.Contains("@example.com", edition.ApprovedBy);
        Assert.Contains(await site.Get<AuditStore>().LatestAsync(5), entry => entry.Action == "edition approved" && entry.Actor == edition.ApprovedBy);
    }

    [Fact]
    public async Task An_editor_adjusts_the_articles_of_a_planned_edition_and_sees_its_coverage()
    {
        await site.SubscriberAsync("Accountant");
        var item = await site.ItemAsync("Ledgers <script>alert(2)</script>", "Investor");
        var plan = await site.PlanAsync("steered");
        var page = $"/editor/editions/{plan.Edition}/articles";
        using var client = await site.SignedInAsync(Editor.EditorPermission);
        var id = item.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("Coverage", await client.GetStringAsync(page));

        using var unknown = await Site.PostFormAsync(client, page, page + "?handler=Override", ("item", id), ("deed", "praise"));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var nowhere = await Site.PostFormAsync(client, page, page + "?handler=Override", ("item", id), ("deed", "order"), ("place", ""));
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        var hexadecimal = "0x" + item.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        using var guessed = await Site.PostFormAsync(client, page, page + "?handler=Override", ("item", hexadecimal), ("deed", "pin"));
        Assert.Equal(HttpStatusCode.BadRequest, guessed.StatusCode);
        using var placed = await Site.PostFormAsync(client, page, page + "?handler=Override", ("item", id), ("deed", "order"), ("place", "7"));
        Assert.Equal(HttpStatusCode.Found, placed.StatusCode);
        Assert.Contains("</a>: order, position 1", await client.GetStringAsync(page));
        Assert.Equal(1, Assert.Single(await site.Get<OverrideStore>().ListAsync(plan.Edition)).Position);
        using var excluded = await Site.PostFormAsync(client, page, page + "?handler=Override", ("item", id), ("deed", "exclude"), ("role", ""));
        Assert.Equal(HttpStatusCode.Found, excluded.StatusCode);
        var shown = await client.GetStringAsync(page);
        Assert.Contains("Planned again:", shown);
        Assert.Contains("Ledgers &lt;script&gt;alert(2)&lt;/script&gt;</a>: exclude", shown);
        Assert.Equal(["exclude", "order"], (await site.Get<OverrideStore>().ListAsync(plan.Edition)).Select(s => s.Kind));

        using var back = await Site.PostFormAsync(client, page, page + "?handler=Undo", ("item", id));
        Assert.Equal(HttpStatusCode.Found, back.StatusCode);
        Assert.Empty(await site.Get<OverrideStore>().ListAsync(plan.Edition));
        await site.Get<EditionSteps>().CancelAsync(plan.Edition, "test");
        Assert.DoesNotContain("Readers</th>", await client.GetStringAsync(page));
        Assert.Contains("Full mails", await client.GetStringAsync(page + "?coverage=true"));
        using var bookmark = await client.GetAsync($"/editor/editions/{plan.Edition}?coverage=true");
        Assert.Equal(page + "?coverage=true", bookmark.Headers.Location!.ToString());
    }

    [Fact]
    public async Task An_editor_says_subject_and_intro_until_the_edition_is_approved()
    {
        await site.SubscriberAsync("Recruiter");
        await site.ItemAsync("Hiring", "Recruiter");
        var plan = await site.PlanAsync("worded");
        var page = $"/editor/editions/{plan.Edition}/text";
        using var client = await site.SignedInAsync(Editor.EditorPermission);

        using var subject = await Site.PostFormAsync(client, page, page + "?handler=Subject", ("subject", "Hire <slowly>"));
        using var intro = await Site.PostFormAsync(client, page, page + "?handler=Intro", ("intro", "Dear reader,\r\n\r\nsee below."));
        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.Found), (subject.StatusCode, intro.StatusCode));
        var edition = await site.Get<EditionStore>().GetAsync(plan.Edition);
        Assert.Equal(("Hire <slowly>", "Dear reader,\n\nsee below."), (edition.Subject, edition.Intro));
        Assert.Contains("value=\"Hire &lt;slowly&gt;\"", await client.GetStringAsync(page));
        using var tooLong = await Site.PostFormAsync(client, page, page + "?handler=Subject", ("subject", new string('x', 61)));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        using var back = await Site.PostFormAsync(client, page, page + "?handler=Subject", ("subject", " "));
        Assert.Null((await site.Get<EditionStore>().GetAsync(plan.Edition)).Subject);

        await site.Get<EditionSteps>().ApproveAsync(plan.Edition, null, "test");
        var approved = await client.GetStringAsync(page);
        Assert.DoesNotContain("handler=Intro", approved);
        Assert.Contains("see below.", approved);
        await site.Get<EditionSteps>().CancelAsync(plan.Edition, "test");
    }

    [Fact]
    public async Task The_preview_warns_of_a_mail_that_is_shortened()
    {
        await site.SubscriberAsync("Recruiter");
        for (var number = 1; number <= 4; number++)
        {
            await site.Get<ItemStore>().SaveAsync(
                new ItemContent
                {
                    Title = $"Long article {number}", Summary = "A summary.",
                    KeyInsights = [string.Concat(Enumerable.Repeat("Many words. ", 2500))], BestFor = ["Recruiter"],
                },
                CancellationToken.None);
        }
        await site.ItemAsync("A short one", "Investor");
        var edition = (await site.PlanAsync("long")).Edition;
        var page = $"/editor/editions/{edition}/preview?role=";
        using var client = await site.SignedInAsync();

        Assert.Matches(
            "<body[^>]*><main><p role=\"note\"[^>]*>This mail would have more than 80 kB of HTML, so [0-9]+ of its items are shown shorter",
            await client.GetStringAsync(page + "Recruiter"));
        Assert.DoesNotContain("role=\"note\"", await client.GetStringAsync(page + "Investor"));
        await site.Get<EditionSteps>().CancelAsync(edition, "test");
    }

    [Fact]
    public async Task An_edition_is_scheduled_in_its_zone_tested_explained_and_cancelled()
    {
        var reader = await site.SubscriberAsync("CFO");
        await site.ItemAsync("Numbers <script>alert(1)</script>", "CFO");
        var plan = await site.PlanAsync("steps");
        var page = $"/editor/editions/{plan.Edition}";
        using var client = await site.SignedInAsync();

        using var scheduled = await Site.PostFormAsync(client, page, page + "?handler=Schedule", ("at", "2031-07-01T08:00"));
        Assert.Equal(HttpStatusCode.Found, scheduled.StatusCode);
        Assert.Equal(new DateTimeOffset(2031, 7, 1, 6, 0, 0, TimeSpan.Zero), (await site.Get<EditionStore>().GetAsync(plan.Edition)).SendAt);
        using var past = await Site.PostFormAsync(client, page, page + "?handler=Schedule", ("at", "2001-07-01T08:00"));
        Assert.Equal(HttpStatusCode.BadRequest, past.StatusCode);

        using var why = await Site.PostFormAsync(client, page + "/readers", page + "/readers?handler=Why", ("email", reader.Email));
        var explained = await why.Content.ReadAsStringAsync();
        Assert.Contains("Numbers &lt;script&gt;", explained);
        Assert.DoesNotContain("<script", explained);
        using var whoever = await Site.PostFormAsync(client, page + "/readers", page + "/readers?handler=Why", ("email", "nobody@example.com"));
        Assert.Equal(HttpStatusCode.NotFound, whoever.StatusCode);

        using var preview = await client.GetAsync(page + "/preview?role=CFO");
        Assert.Equal(HttpStatusCode.OK, preview.StatusCode);
        Assert.Contains("style-src 'unsafe-inline'", preview.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("Numbers &lt;script&gt;", await preview.Content.ReadAsStringAsync());
        using var nothing = await client.GetAsync(page + "/preview?role=nobody");
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);

        using var test = await Site.PostFormAsync(client, page, page + "?handler=Test");
        Assert.Equal(HttpStatusCode.Found, test.StatusCode);
        var mail = await site.Mails.WaitForAsync(m => m.Message.Subject!.StartsWith("[Test]", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Contains("@example.com", mail.Recipients.Single());

        using var cancelled = await Site.PostFormAsync(client, page, page + "?handler=Cancel");
        Assert.Contains("Cancelled:", await client.GetStringAsync(page));
        using var late = await Site.PostFormAsync(client, page, page + "?handler=Send");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task A_reader_sees_the_mail_as_they_got_it()
    {
        var reader = await site.SubscriberAsync("COO");
        await site.ItemAsync("For operations", "COO");
        var plan = await site.PlanAsync("view");
        using var client = site.Stranger();
        using var answer = await client.GetAsync(new Uri(await site.ViewAsync(reader.Row, plan.Edition)).AbsolutePath);
        Assert.Contains("For operations", await answer.Content.ReadAsStringAsync());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        using var test = await client.GetAsync(new Uri(await site.ViewAsync(RowKey.Nobody, plan.Edition)).AbsolutePath);
        Assert.Contains("This is a test", await test.Content.ReadAsStringAsync());
        using var other = await client.GetAsync(new Uri(site.Links.View(reader.Row, new RowKey(plan.Edition + 1000, 0))).AbsolutePath);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_label_is_taught_from_the_review_queue()
    {
        await site.SubscriberAsync("Grand Vizier of Tests");
        using var client = await site.SignedInAsync();
        Assert.Contains("Grand Vizier of Tests", await client.GetStringAsync("/editor/roles"));
        using var unknown = await Site.PostFormAsync(client, "/editor/roles", ("label", "Grand Vizier of Tests"), ("roles", "no-such-role"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var taught = await Site.PostFormAsync(client, "/editor/roles", ("label", "Grand Vizier of Tests"), ("roles", "ceo"));
        Assert.Contains("now means CEO", await client.GetStringAsync("/editor/roles"));
        Assert.DoesNotContain("Grand Vizier of Tests</td>", await client.GetStringAsync("/editor/roles"));
    }

    [Fact]
    public async Task One_click_on_a_suggestion_teaches_a_label()
    {
        await site.SubscriberAsync("Data Engineer Zorbing");
        using var client = await site.SignedInAsync();
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await client.GetStringAsync("/editor/roles"));
        var row = page.QuerySelectorAll("tbody tr").Single(tr => tr.TextContent.Contains("Data Engineer Zorbing", StringComparison.Ordinal));
        var (button, form) = (row.QuerySelector("button[name=roles]")!, row.QuerySelector("form")!);
        Assert.Equal("data-engineer", button.GetAttribute("value"));
        using var taught = await client.PostAsync("/editor/roles", Site.Form(
            [.. form.QuerySelectorAll("input").Select(i => (i.GetAttribute("name")!, i.GetAttribute("value")!)), ("roles", "data-engineer")]));
        Assert.Contains("now means Data Engineer", await client.GetStringAsync("/editor/roles"));
    }

    [Fact]
    public async Task One_click_takes_a_lesson_back_and_another_meaning_is_refused_until_then()
    {
        await site.SubscriberAsync("Chief Zorbing Keeper <b>");
        using var client = await site.SignedInAsync(Editor.EditorPermission);
        using var taught = await Site.PostFormAsync(client, "/editor/roles", ("label", "Chief Zorbing Keeper <b>"), ("roles", "ceo"));
        var after = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await client.GetStringAsync("/editor/roles"));
        var form = after.QuerySelectorAll("form").First(f => f.GetAttribute("action")!.Contains("Unteach", StringComparison.Ordinal));
        Assert.Equal("Chief Zorbing Keeper <b>", form.QuerySelector("input[name=label]")!.GetAttribute("value"));
        using var other = await Site.PostFormAsync(client, "/editor/roles", ("label", "Chief Zorbing Keeper <b>"), ("roles", "cto"));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains("already means ceo: an editor taught it", await other.Content.ReadAsStringAsync());

        using var back = await client.PostAsync(form.GetAttribute("action"), Site.Form(
            [.. form.QuerySelectorAll("input").Select(i => (i.GetAttribute("name")!, i.GetAttribute("value")!))]));
        Assert.Equal(HttpStatusCode.Found, back.StatusCode);

        Assert.Contains("Chief Zorbing Keeper &lt;b&gt;</td>", await client.GetStringAsync("/editor/roles"));
        using var never = await Site.PostFormAsync(client, "/editor/roles", "/editor/roles?handler=Unteach", ("label", "Never taught"));
        Assert.Equal(HttpStatusCode.NotFound, never.StatusCode);
    }

    [Fact]
    public async Task The_taxonomy_is_downloaded_changed_and_imported_whole_or_not_at_all()
    {
        using var stranger = site.Stranger();
        Assert.Equal(HttpStatusCode.Found, (await stranger.GetAsync("/editor/roles?handler=Export")).StatusCode);
        using var client = await site.SignedInAsync(Editor.EditorPermission);
        using var export = await client.GetAsync("/editor/roles?handler=Export");
        Assert.Equal("taxonomy.json", export.Content.Headers.ContentDisposition!.FileName);
        var text = await export.Content.ReadAsStringAsync();

        using var bad = await ImportAsync(client, "{\"roles\":[]}");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("The taxonomy has no roles", await bad.Content.ReadAsStringAsync());
        using var none = await Site.PostFormAsync(client, "/editor/roles", "/editor/roles?handler=Import");
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
        using var huge = await ImportAsync(client, new string(' ', TaxonomyFile.MaxSize + 1));
        Assert.Equal(HttpStatusCode.BadRequest, huge.StatusCode);
        Assert.Contains("larger than", await huge.Content.ReadAsStringAsync());
        Assert.Equal(text, await client.GetStringAsync("/editor/roles?handler=Export"));

        var file = TaxonomyFile.Parse(text);
        var keeper = file.Roles[0] with
        {
            Slug = "site-keeper", Name = "Site Keeper", Aliases = [], Broader = [], Neighbours = new Dictionary<string, double>(),
        };
        using var good = await ImportAsync(client, (file with { Roles = [.. file.Roles, keeper] }).ToJson());
        Assert.Equal(HttpStatusCode.Found, good.StatusCode);
        Assert.Contains("1 role added", await client.GetStringAsync("/editor/roles"));
        Assert.Contains((await site.Get<TaxonomyStore>().LoadAsync()).Roles, r => r.Slug == "site-keeper");

        static async Task<HttpResponseMessage> ImportAsync(HttpClient client, string json)
        {
            var html = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await client.GetStringAsync("/editor/roles"));
            using var form = new MultipartFormDataContent
            {
                { new StringContent(html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!), "__RequestVerificationToken" },
                { new StringContent(json), "file", "taxonomy.json" },
            };
            return await client.PostAsync("/editor/roles?handler=Import", form);
        }
    }

    [Fact]
    public async Task The_four_pages_of_an_edition_link_to_each_other()
    {
        var plan = await site.PlanAsync("tabs");
        var overview = $"/editor/editions/{plan.Edition}";
        string[] pages = [overview, overview + "/articles", overview + "/text", overview + "/readers"];
        using var client = await site.SignedInAsync(Editor.EditorPermission);
        foreach (var path in pages)
        {
            var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await client.GetStringAsync(path));
            var tabs = page.QuerySelectorAll("nav.tabs a");
            Assert.Equal(pages, tabs.Select(tab => tab.GetAttribute("href")));
            Assert.Equal(path, Assert.Single(tabs, tab => tab.GetAttribute("aria-current") == "page").GetAttribute("href"));
        }
        await site.Get<EditionSteps>().CancelAsync(plan.Edition, "test");
    }

    [Fact]
    public async Task The_dashboard_names_digests_and_planned_editions()
    {
        var plan = await site.PlanAsync("dashboard");
        using var client = await site.SignedInAsync();
        var page = await client.GetStringAsync("/editor");
        Assert.Contains("Weekly &lt;b&gt;Brief", page);
        Assert.Contains($"/editor/editions/{plan.Edition}", page);
        Assert.Contains("waits for approval", page);
        using var planned = await Site.PostFormAsync(client, "/editor/digests/dashboard", "/editor/digests/dashboard?handler=Plan");
        Assert.Equal($"/editor/editions/{plan.Edition}", planned.Headers.Location!.ToString());
        using var missing = await client.GetAsync("/editor/digests/no-such");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
