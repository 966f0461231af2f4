using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Newsletter.Cli;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Planning;
using Newsletter.Rendering;
using Newsletter.Sending;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

/// <summary>The web view shows what was sent, whatever became of templates, texts and settings since.</summary>
[Collection(nameof(Site))]
public sealed class WebViewTests(Site site) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("templates").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_web_view_is_the_mail_that_was_caught()
    {
        var (edition, reader, mail) = await SentAsync("view-caught", "Sculptors and their tools");
        using var client = site.Stranger();
        var page = await client.GetStringAsync(await PathOfAsync(edition, reader));

        var (before, after) = Halves(mail);
        Assert.StartsWith(before, Lines(page), StringComparison.Ordinal);
        Assert.EndsWith(after.TrimEnd(), Lines(page).TrimEnd(), StringComparison.Ordinal);
        Assert.Contains(reader.Email, mail.To.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Templates_texts_and_settings_of_later_change_nothing_in_the_view()
    {
        var (edition, reader, mail) = await SentAsync("view-later", "Weavers and their looms");
        await site.Get<ItemStore>().SaveAsync(Content("Weavers and their looms") with { Summary = "Something else entirely." });
        await File.WriteAllTextAsync(
            Path.Combine(folder, "_Layout.cshtml"),
            "@inherits HtmlPage<LetterModel>\n<html><body><p>THE NEW LOOK</p>@RenderBody()</body></html>");
        await using var later = await LaterAsync();
        using var client = new HttpClient { BaseAddress = new Uri(later.Urls.Single()) };

        var page = Lines(await client.GetStringAsync(await PathOfAsync(edition, reader)));
        var (before, after) = Halves(mail);
        Assert.StartsWith(before, page, StringComparison.Ordinal);
        Assert.EndsWith(after.TrimEnd(), page.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("THE NEW LOOK", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Something else entirely.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("1 New Street", page, StringComparison.Ordinal);

        // What is sent from now on has the new look, text and address.
        var item = await later.Services.GetRequiredService<ItemStore>().SaveAsync(Content("Dyers and their vats"));
        var next = await SendAsync(later.Services, "view-later");
        var view = await client.GetStringAsync(await PathOfAsync(next, reader));
        Assert.Contains("THE NEW LOOK", view, StringComparison.Ordinal);
        Assert.Contains("1 New Street", view, StringComparison.Ordinal);
        Assert.True(item.Id > 0);

        // And the process with the old templates shows the new look, too.
        using var old = site.Stranger();
        Assert.Contains("THE NEW LOOK", await old.GetStringAsync(await PathOfAsync(next, reader)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edition_keeps_one_look_and_sets_of_templates_are_stored_once()
    {
        var (first, _, _) = await SentAsync("view-once", "Coopers and their barrels");
        var (second, _, _) = await SentAsync("view-once-more", "Smiths and their fires");
        var hash = site.Get<Templates>().Sources.Hash;
        Assert.Equal(1, await site.CountAsync($"select count(*) from template_sets where hash = '{hash}'"));
        Assert.Equal(2, await site.CountAsync(
            $"select count(*) from editions where id in ({first}, {second}) and template_set = '{hash}' and frame ->> 'Date' is not null"));

        // Another worker, with other templates, that begins later sends what the first one began.
        var kept = await site.Get<EditionDesignStore>().KeepAsync(first, TemplateSources.Parse("""{"A.cshtml":"other"}"""), """{"Name":"other"}""");
        Assert.Equal(hash, kept.TemplateSet);
        Assert.DoesNotContain("other", kept.Frame, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Templates_that_no_longer_compile_are_shown_by_todays()
    {
        var (edition, reader, mail) = await SentAsync("view-broken", "Masons and their marks");
        var broken = TemplateSources.Parse("""{"Digest.cshtml":"@inherits HtmlPage<NoSuchModel>"}""");
        await site.ExecuteAsync(
            $$"""
            insert into template_sets (hash, sources, created_at) values ('{{broken.Hash}}', '{{broken.ToJson()}}', now());
            update editions set template_set = '{{broken.Hash}}' where id = {{edition}};
            """);
        using var client = site.Stranger();
        Assert.StartsWith(Halves(mail).Before, Lines(await client.GetStringAsync(await PathOfAsync(edition, reader))), StringComparison.Ordinal);
        await site.ExecuteAsync($$"""update editions set frame = '{"Unknown": 1}' where id = {{edition}}""");
        Assert.StartsWith(Halves(mail).Before, Lines(await client.GetStringAsync(await PathOfAsync(edition, reader))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Digest.cshtml", "@inherits HtmlPage<DigestModel>\n<p>\n@Model.Nothing</p>", "line 3")]
    [InlineData("Own.cshtml", "@inherits HtmlPage<DigestModel>\n@if (true) {\n<p>", "line 2")]
    public async Task A_template_that_does_not_compile_stops_the_start(string name, string text, string line)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, name), text);
        var refusal = await Assert.ThrowsAsync<Refusal>(LaterAsync);
        Assert.StartsWith($"Template {Path.Combine(folder, name)}, {line}: ", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The pages of another process, after operators changed templates and settings.</summary>
    private async Task<WebApplication> LaterAsync()
    {
        var installation = await Installation.OpenAsync(new Dictionary<string, string?>(site.Settings)
        {
            ["Templates:Directory"] = folder, ["Sender:PostalAddress"] = "1 New Street",
        });
        var app = await Hosts.WebAsync(installation, "http://127.0.0.1:0", work: false, verbose: false);
        await app.StartAsync();
        return app;
    }

    private async Task<(long Edition, Subscriber Reader, MimeMessage Mail)> SentAsync(string slug, string title)
    {
        await site.Get<ItemStore>().SaveAsync(Content(title));
        var reader = await site.SubscriberAsync("Data Analyst");
        await site.PlanAsync(slug);
        var edition = await SendAsync(null, slug);
        var mail = Assert.Single(site.Mails.Mails, caught => caught.Recipients.Contains(reader.Email));
        return (edition, reader, mail.Message);
    }

    private async Task<long> SendAsync(IServiceProvider? services, string slug)
    {
        var edition = (await Get<EditionPlanning>().PlanAsync(slug)).Edition;
        await Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await Get<EditionSteps>().SendAsync(edition, "test");
        await Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);
        return edition;

        T Get<T>()
            where T : notnull => services is null ? site.Get<T>() : services.GetRequiredService<T>();
    }

    private static ItemContent Content(string title) => new()
    {
        Title = title, Url = "https://example.com/" + title.Replace(' ', '-'), KeyTakeaway = "A takeaway.",
        Summary = title + ": a summary with Ærøskøbing, 数据 and 😀.",
        BestFor = ["Data Analyst"], Credit = "Editorial summary by A. Original article published by B.",
    };

    private async Task<string> PathOfAsync(long edition, Subscriber reader) => new Uri(await site.ViewAsync(reader.Row, edition)).AbsolutePath;

    /// <summary>Up to the end of the body, where the web view puts why the items came, and the rest.</summary>
    private static (string Before, string After) Halves(MimeMessage mail)
    {
        var html = Lines(mail.HtmlBody!);
        var end = html.LastIndexOf("</body>", StringComparison.Ordinal);
        return (html[..end], html[end..]);
    }

    /// <summary>Without the landmark that the view puts around a mail.</summary>
    private static string Lines(string text) =>
        text.Replace("<main>", "", StringComparison.Ordinal).Replace("</main>", "", StringComparison.Ordinal).ReplaceLineEndings("\n");
}
