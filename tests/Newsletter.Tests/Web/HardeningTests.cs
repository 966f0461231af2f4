using System.Net;
using System.Text;
using Newsletter.Archive;

namespace Newsletter.Tests.Web;

[Collection(nameof(Site))]
public sealed class HardeningTests(Site site)
{
    [Theory]
    [InlineData("/subscribe")]
    [InlineData("/editor/sign-in")]
    [InlineData("/no-such-page")]
    [InlineData("/unsubscribe/garbage")]
    public async Task Every_page_forbids_scripts_frames_and_referrers(string path)
    {
        using var client = site.Stranger();
        using var answer = await client.GetAsync(path);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_style_sheet_is_there()
    {
        using var client = site.Stranger();
        using var answer = await client.GetAsync("/_content/Newsletter.Web/newsletter.css");
        Assert.Equal("text/css", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("--accent", await answer.Content.ReadAsStringAsync());
    }

    public static TheoryData<string, string, string> Hostile()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var value in (string[])
        [
            new string('x', 10_000), "\0", "a\0b", new string(',', 60_000), "﷽\u202e\ufffd", string.Join(';', Enumerable.Range(0, 200)),
            new string('x', 100_000),
        ])
        {
            foreach (var (path, field) in ((string, string)[])
            [
                ("/subscribe", "OtherRoles"), ("/subscribe", "Roles"), ("/subscribe", "Topics"), ("/subscribe", "Email"),
            ])
            {
                data.Add(path, field, value);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public async Task Hostile_text_is_never_our_failure(string path, string field, string value)
    {
        using var client = site.Stranger();
        using var answer = await client.PostAsync(path, Site.Form(field == "Email" ? (field, value) : ("Email", site.NewAddress()), (field, value)));
        Assert.InRange((int)answer.StatusCode, 200, 499);
    }

    [Fact]
    public async Task Huge_and_crowded_forms_are_refused()
    {
        using var client = site.Stranger();
        var crowd = string.Join('&', Enumerable.Range(0, 5000).Select(i => $"f{i}=x"));
        using var crowded = await client.PostAsync("/subscribe", new StringContent(crowd, Encoding.UTF8, "application/x-www-form-urlencoded"));
        Assert.InRange((int)crowded.StatusCode, 400, 499);
        // So that the refusal is heard before everything is sent.
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var huge = await client.PostAsync(
            "/subscribe", new StringContent("Email=" + new string('x', 2_000_000), Encoding.UTF8, "application/x-www-form-urlencoded"));
        Assert.InRange((int)huge.StatusCode, 400, 499);
    }

    [Theory]
    [InlineData("/items/0")]
    [InlineData("/items/99999999999999999999999")]
    [InlineData("/items/-1")]
    [InlineData("/outbox")]
    [InlineData("/outbox/x")]
    [InlineData("/error")]
    [InlineData("/error/500")]
    [InlineData("/editor/setup/garbage")]
    [InlineData("/editor/setup/%ED%A0%80")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var client = site.Stranger();
        using var answer = await client.GetAsync(path);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.Found]);
        if (answer.StatusCode == HttpStatusCode.Found)
        {
            Assert.StartsWith("/outbox", path, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_of_an_item_shows_everything_and_runs_nothing()
    {
        var id = await site.ItemAsync("<script>alert('x')</script> & more", "CTO", "<img src=x onerror=alert(1)>");
        using var client = site.Stranger();
        var page = await client.GetStringAsync(new Uri(site.Links.Item(Assert.Single(await site.Get<ItemPageStore>().RowsAsync([id])))).AbsolutePath);
        Assert.Contains("&lt;script&gt;alert", page);
        Assert.Contains("Editorial summary by A. Original article published by B.", page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("<img", page);
    }

    [Fact]
    public async Task Health_tells_whether_database_and_schema_are_there()
    {
        using var client = site.Stranger();
        Assert.Equal("live", await client.GetStringAsync("/health/live"));
        Assert.Equal("""{"status":"ready","warnings":[]}""", await client.GetStringAsync("/health/ready"));
        await site.ExecuteAsync("update schema_versions set scriptname = 'gone_' || scriptname where schemaversionsid = 1");
        try
        {
            using var answer = await client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
        finally
        {
            await site.ExecuteAsync("update schema_versions set scriptname = substr(scriptname, 6) where schemaversionsid = 1");
        }
    }

    [Fact]
    public async Task The_dashboard_of_jobs_has_a_policy_of_its_own_and_its_numbers_never_fail()
    {
        using var client = await site.SignedInAsync();
        using var page = await client.GetAsync("/hangfire");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("href=\"/editor\"", await page.Content.ReadAsStringAsync());
        using var asked = await client.GetAsync("/hangfire/stats");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, asked.StatusCode);
        using var told = await client.PostAsync("/hangfire/stats", new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, told.StatusCode);
    }

    [Fact]
    public async Task The_start_page_leads_to_the_sign_up()
    {
        using var client = site.Stranger();
        using var answer = await client.GetAsync("/");
        Assert.Equal("/subscribe", answer.Headers.Location!.ToString());
    }
}
