using System.Net;
using System.Text.Json;
using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Tests.Web;

/// <summary>Export and erasure on the preferences page: a mail of their own first, since digests get forwarded with their links.</summary>
[Collection(nameof(Site))]
public sealed class DataTests(Site site)
{
    [Fact]
    public async Task A_copy_comes_by_a_link_in_a_mail_that_works_once()
    {
        await site.ItemAsync("What Anna reads", "Data Analyst");
        var reader = await site.SubscriberAsync("Data Analyst");
        var edition = (await site.PlanAsync("data-copy")).Edition;
        // The export contains no items of editions that are only planned, so mark this one as started.
        await site.ExecuteAsync($"update editions set started_at = now() where id = {edition}");
        using var client = site.Stranger();
        var path = await AskAsync(client, reader, "Export");
        await site.ExecuteAsync(
            $$"""
            insert into labels (text, normal, first_seen_at) values ('Nurse', 'nurse', now()) on conflict do nothing;
            insert into sign_ups (subscriber_id, label_ids, topics, created_at, expires_at, ended_at)
            select {{reader.Id}}, array[id], '{}', now(), now() + interval '7 days', now() from labels where normal = 'nurse'
            """);

        using var looked = await client.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, true), (looked.StatusCode, looked.Headers.CacheControl!.NoStore));
        Assert.DoesNotContain(reader.Email, await looked.Content.ReadAsStringAsync());
        using var copy = await client.PostAsync(path, null);
        Assert.Equal(
            ("application/json", "newsletter-data.json"),
            (copy.Content.Headers.ContentType!.MediaType, copy.Content.Headers.ContentDisposition!.FileName));
        var data = JsonDocument.Parse(await copy.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((reader.Email, "confirmed"), (data.GetProperty("email").GetString(), data.GetProperty("status").GetString()));
        Assert.Equal("Data Analyst", Assert.Single(data.GetProperty("roles").EnumerateArray()).GetString());
        Assert.Equal("Nurse", Assert.Single(Assert.Single(data.GetProperty("signUps").EnumerateArray()).GetProperty("roles").EnumerateArray()).GetString());
        var got = Assert.Single(data.GetProperty("editions").EnumerateArray());
        Assert.Equal(edition, got.GetProperty("edition").GetInt64());
        var why = await site.Get<Explaining>().WhyAsync(edition, reader.Email);
        Assert.Equal(why.Items.Select(i => i.Title), got.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("title").GetString()));

        using var again = await client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.NotNull(await site.Get<SubscriberStore>().FindAsync(reader.Id));
    }

    [Fact]
    public async Task Erasing_takes_the_mail_and_the_button_and_leaves_nobody_behind()
    {
        var reader = await site.SubscriberAsync("Data Analyst");
        using var client = site.Stranger();
        var path = await AskAsync(client, reader, "Erase");
        using var looked = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        Assert.NotNull(await site.Get<SubscriberStore>().FindAsync(reader.Id));
        using var wrong = await client.PostAsync(path.Replace("/erase/", "/export/", StringComparison.Ordinal), null);
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);

        Assert.Contains("Your data is deleted", await (await client.PostAsync(path, null)).Content.ReadAsStringAsync());
        Assert.Null(await site.Get<SubscriberStore>().FindAsync(reader.Id));
        using var again = await client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        using var page = await client.GetAsync(new Uri(site.Links.Preferences(reader.Row)).AbsolutePath);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    [Fact]
    public async Task A_button_pressed_twice_at_once_deletes_and_says_so_twice()
    {
        var reader = await site.SubscriberAsync();
        using var client = site.Stranger();
        var path = await AskAsync(client, reader, "Erase");
        // Lock the person's row until both requests have accepted the link and wait for the row.
        await using var connection = await site.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var locking = new NpgsqlCommand($"select from subscribers where id = {reader.Id} for update", connection, transaction);
        await locking.ExecuteNonQueryAsync();
        var answers = Task.WhenAll(client.PostAsync(path, null), client.PostAsync(path, null));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await site.CountAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") < 2)
        {
            await Task.Delay(10, limit.Token);
        }
        await transaction.CommitAsync();
        foreach (var answer in await answers)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("Your data is deleted", await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("Export")]
    [InlineData("Erase")]
    public async Task The_link_is_good_for_two_hours_and_for_its_reader(string what)
    {
        var (reader, other) = (await site.SubscriberAsync(), await site.SubscriberAsync());
        using var client = site.Stranger();
        var path = await AskAsync(client, reader, what);
        var notice = await site.CountAsync($"select max(id) from notices where subscriber_id = {reader.Id}");
        var row = await site.NoticeAsync(notice);
        var forged = new Uri(what == "Export" ? site.Links.Export(row, other.Id) : site.Links.Erase(row, other.Id)).AbsolutePath;
        await site.ExecuteAsync($"update notices set created_at = now() - interval '121 minutes' where id = {notice}");
        foreach (var dead in (string[])[path, forged, path[..^1] + "A", $"/{what.ToLowerInvariant()}/x"])
        {
            using var got = await client.GetAsync(dead);
            using var posted = await client.PostAsync(dead, null);
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (got.StatusCode, posted.StatusCode));
        }
        Assert.NotNull(await site.Get<SubscriberStore>().FindAsync(reader.Id));
        Assert.NotNull(await site.Get<SubscriberStore>().FindAsync(other.Id));
    }

    [Fact]
    public async Task Who_asks_twice_or_must_not_be_mailed_is_told_and_who_left_may_ask_too()
    {
        var reader = await site.SubscriberAsync();
        using var client = site.Stranger();
        var page = new Uri(site.Links.Preferences(reader.Row)).AbsolutePath;
        await site.Get<Unsubscribing>().LeaveAsync(reader.Id);
        await AskAsync(client, reader, "Export");
        using var twice = await client.PostAsync(page + "?handler=Export", null);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        Assert.Contains("already on its way to you", await twice.Content.ReadAsStringAsync());
        await site.Get<SuppressionStore>().AddAsync(EmailAddress.Parse(reader.Email), "complaint", "test");
        using var suppressed = await client.PostAsync(page + "?handler=Erase", null);
        Assert.Equal(HttpStatusCode.Conflict, suppressed.StatusCode);
        Assert.Contains("We may not send mail to your address", await suppressed.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_last_mail_brings_back_who_left_with_all_that_was_chosen()
    {
        var reader = await site.SubscriberAsync("Data Analyst", "Chief Wizard");
        using var client = site.Stranger();
        using var left = await client.PostAsync(new Uri(site.Links.Unsubscribe(reader.Row, 1)).AbsolutePath, null);
        Assert.Equal("unsubscribed", await site.StatusOfAsync(reader.Id));
        var path = await LinkAsync(reader, "You are unsubscribed", "/confirm/");
        await client.GetStringAsync(path);
        Assert.Equal("unsubscribed", await site.StatusOfAsync(reader.Id));
        using var back = await client.PostAsync(path, null);
        Assert.Contains("Welcome", await back.Content.ReadAsStringAsync());
        var now = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!;
        Assert.Equal(("confirmed", "came back by mail", (DateTimeOffset?)null), (now.Status, now.Consent, now.UnsubscribedAt));
        Assert.Equal(["Data Analyst", "Chief Wizard"], now.Preferences.Roles);
    }

    /// <returns>The path of the link in the mail.</returns>
    private async Task<string> AskAsync(HttpClient client, Subscriber reader, string what)
    {
        using var asked = await client.PostAsync(new Uri(site.Links.Preferences(reader.Row)).AbsolutePath + "?handler=" + what, null);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        var page = await asked.Content.ReadAsStringAsync();
        Assert.Contains("Check your mailbox", page);
        // Saving next must save, and not ask again.
        Assert.Equal(1, page.Split($"?handler={what}\"").Length - 1);
        return await LinkAsync(reader, what == "Export" ? "Your data" : "Delete your data", $"/{what.ToLowerInvariant()}/");
    }

    private async Task<string> LinkAsync(Subscriber reader, string subject, string path)
    {
        await site.Get<NoticeSending>().RunAsync(default);
        var mail = Assert.Single(site.Mails.Mails, m =>
            m.Recipients.Contains(reader.Email) && m.Message.Subject!.StartsWith(subject, StringComparison.Ordinal)).Message;
        Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);
        var url = mail.TextBody!.Split('\n').Select(line => line.Trim()).Single(line => line.Contains(path, StringComparison.Ordinal));
        Assert.Contains($"href=\"{url}\"", mail.HtmlBody!, StringComparison.Ordinal);
        return new Uri(url).AbsolutePath;
    }
}
