using System.Diagnostics;
using System.Globalization;
using System.Net;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Web.Forms;

namespace Newsletter.Tests.Web;

/// <summary>No request is expensive: input that is too large is refused before it is processed.</summary>
[Collection(nameof(SiteAlone))]
public sealed class LimitsTests(Site site)
{
    /// <summary>Far above the time of these requests, and far below their time without limits (many seconds).</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(2500);

    private static readonly string Words = string.Join(',', Enumerable.Range(0, 15_900).Select(i => i.ToString("x", CultureInfo.InvariantCulture)));

    public static TheoryData<string, string> Large() => new()
    {
        { "labels", string.Join('&', Enumerable.Range(0, 1000).Select(i => $"OtherRole={i}&Roles=role+number+{i}")) },
        { "a hundred and one ticks", string.Join('&', Enumerable.Range(0, 101).Select(i => $"Roles=role+number+{i}")) },
        { "words in a line", "OtherRoles=" + Words },
        { "words divided by semicolons", "OtherRoles=" + Words.Replace(',', ';') },
        { "words in a label", "Roles=" + Words.Replace(',', '+') },
        { "topics", "Topics=" + Words },
        { "answers", string.Join('&', Enumerable.Range(0, 140).Select(i => $"Asked[{i}]=role+number+{i}&Meant[{i}]=CTO")) },
        { "one long label", "OtherRoles=" + new string('x', 60_000) },
        { "one long answer", "Asked[0]=" + new string('x', 60_000) + "&Meant[0]=CTO" },
        { "letters that stand for many", "OtherRoles=" + string.Join("%2C", Enumerable.Repeat(string.Concat(Enumerable.Repeat("%EF%B7%BA", 190)), 50)) },
        { "marks upon a letter", "OtherRoles=a" + string.Concat(Enumerable.Repeat("%CC%81", 9000)) },
        { "digits", "OtherRoles=" + new string('7', 60_000) },
        { "brackets", "OtherRoles=" + new string('(', 20_000) + new string(')', 20_000) },
        { "blanks", "OtherRoles=" + new string('+', 60_000) },
        { "a field with a long name", new string('x', 5000) + "=1" },
    };

    [Theory]
    [InlineData("utf-7", 415)]
    [InlineData("UTF-16", 415)]
    [InlineData("utf-8", 400)]
    [InlineData("iso-8859-1", 400)]
    [InlineData("no-such-charset", 400)]
    public async Task A_form_in_an_encoding_that_no_browser_sends_is_refused(string charset, int status)
    {
        using var client = site.Stranger();
        using var form = new StringContent("Email=a");
        form.Headers.Remove("Content-Type");
        form.Headers.TryAddWithoutValidation("Content-Type", $"application/x-www-form-urlencoded; charset={charset}");
        using var answer = await client.PostAsync("/subscribe", form);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Large), DisableDiscoveryEnumeration = true)]
    public async Task Too_much_in_a_form_is_refused_at_once_in_a_sentence(string what, string fields)
    {
        using var client = site.Stranger();
        var reader = await site.SubscriberAsync("CTO");
        var preferences = new Uri(site.Links.Preferences(reader.Row)).AbsolutePath;
        foreach (var (path, body) in ((string, string)[])
            [
                ("/subscribe", "Email=" + site.NewAddress() + "&" + fields),
                (preferences, "Form." + fields.Replace("&", "&Form.", StringComparison.Ordinal)),
            ])
        {
            // Retry if the first request is slow, because it compiles the page.
            var (status, page, took) = await PostAsync(client, path, body);
            for (var again = 0; again < 2 && took > Soon; again++)
            {
                (status, page, took) = await PostAsync(client, path, body);
            }
            Assert.True(took < Soon, $"{path} took {took.TotalSeconds:0.00} s for {what}");
            if (what == "blanks")
            {
                // Blank fields are no input, so they are accepted.
                Assert.Equal(HttpStatusCode.OK, status);
                continue;
            }
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Matches("(?s)<p class=\"(problem|lead)\"[^>]*>(<a [^>]*>)?[^<]+\\.(</a>)?</p>", page);
            Assert.InRange(page.Length, 0, 300_000);
        }
        Assert.Equal(what == "blanks" ? [] : ["CTO"], (await site.Get<SubscriberStore>().FindAsync(reader.Id))!.Preferences.Roles);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a ")]
    [InlineData("a,")]
    [InlineData("ai ")]
    [InlineData("senior ")]
    [InlineData("a/")]
    [InlineData("(1)")]
    [InlineData("é")]
    [InlineData("⑴")]
    [InlineData("ﬁ")]
    [InlineData("engineerx ")]
    [InlineData("director - ")]
    public async Task The_most_that_is_taken_is_understood_at_once(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, RoleLabel.MaxLength))[..(RoleLabel.MaxLength - 4)];
        string[] roles =
        [
            .. Enumerable.Range(0, 25).Select(i => $"{text} {i}".Replace(',', ' ')),
            .. Enumerable.Range(25, 25).Select(i => $"{i} {text}".Replace(',', ' ')),
        ];
        var resolver = await site.Get<TaxonomyStore>().ResolverAsync();
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < 5; run++)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                var form = new RoleForm(null, string.Join(';', roles), null, null);
                var read = form.Read([]);
                _ = new Preferences { Roles = read }.Checked();
                _ = form.QuestionsOn(resolver, read);
            }
            catch (Refusal)
            {
                // Refused input must be fast, too.
            }
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }
        Assert.True(best < TimeSpan.FromMilliseconds(600), $"50 labels of '{piece}' took {best.TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_said_to_be()
    {
        using var client = site.Stranger();
        client.DefaultRequestHeaders.ExpectContinue = true;
        foreach (var path in (string[])
            [
                "/subscribe", "/confirm/x", "/preferences/x", "/unsubscribe/x", "/erase/x", "/export/x", "/editor/sign-in", "/editor/setup/x",
                "/no-such-page",
            ])
        {
            using var content = new StringContent("Email=" + new string('x', 600_000), System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
            using var answer = await client.PostAsync(path, content);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Contains("larger than we accept", await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("/subscribe")]
    [InlineData("/archive")]
    [InlineData("/feeds/all.xml")]
    [InlineData("/editor/sign-in")]
    [InlineData("/editor/editions/1/preview")]
    [InlineData("/editor")]
    public async Task A_long_query_is_refused(string path)
    {
        using var client = site.Stranger();
        using var answer = await client.GetAsync(path + "?role=" + new string('x', 4000));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, answer.StatusCode);
        Assert.Contains("longer than we accept", await answer.Content.ReadAsStringAsync());
        using var crowded = await client.GetAsync(path + "?" + string.Join('&', Enumerable.Repeat("role=x", 500)));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, crowded.StatusCode);
    }

    [Fact]
    public async Task One_click_leaves_whatever_its_body_holds_within_the_size()
    {
        var reader = await site.SubscriberAsync("CTO");
        using var client = site.Stranger();
        var (status, _, took) = await PostAsync(
            client, new Uri(site.Links.Unsubscribe(reader.Row, 0)).AbsolutePath, string.Join('&', Enumerable.Repeat("a=b", 5000)));
        Assert.Equal((HttpStatusCode.OK, "unsubscribed"), (status, await site.StatusOfAsync(reader.Id)));
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Editors_get_a_sentence_for_a_label_that_is_too_long()
    {
        var id = await site.ItemAsync("Limits", "CTO");
        await site.SubscriberAsync("CTO");
        var edition = (await site.PlanAsync("limits")).Edition;
        using var editor = await site.SignedInAsync();
        foreach (var label in (string[])[new string('x', 1500), string.Concat(Enumerable.Repeat("x ", 700))])
        {
            using var preview = await editor.GetAsync(
                $"/editor/editions/{edition}/preview?role={Uri.EscapeDataString(label)}".Replace("%20", "+", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.BadRequest, preview.StatusCode);
            using var steered = await Site.PostFormAsync(
                editor, $"/editor/editions/{edition}/articles", $"/editor/editions/{edition}/articles?handler=Override",
                ("item", id.ToString(CultureInfo.InvariantCulture)), ("deed", "pin"), ("role", label));
            Assert.Equal(HttpStatusCode.BadRequest, steered.StatusCode);
            using var taught = await Site.PostFormAsync(editor, "/editor/roles", ("label", label), ("roles", "cto"));
            Assert.Equal(HttpStatusCode.BadRequest, taught.StatusCode);
        }
    }

    private static async Task<(HttpStatusCode Status, string Page, TimeSpan Took)> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        var watch = Stopwatch.StartNew();
        using var answer = await client.PostAsync(path, content);
        var page = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, page, watch.Elapsed);
    }
}
