using System.Net;
using AngleSharp.Html.Parser;
using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

/// <summary>One who left comes back from the preferences page: by a mail to the address itself, with all that was chosen.</summary>
[Collection(nameof(Site))]
public sealed class ComingBackTests(Site site)
{
    [Fact]
    public async Task One_button_sends_a_mail_whose_button_brings_everything_back()
    {
        var (reader, path) = await LeftAsync();
        using var client = site.Stranger();
        var page = new HtmlParser().ParseDocument(await client.GetStringAsync(path));
        Assert.Equal("Come back", page.QuerySelector("main form button.primary")!.TextContent);
        using var asked = await client.PostAsync(path + "?handler=Return", null);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Contains("Check your mailbox", await asked.Content.ReadAsStringAsync());
        // Whoever has a forwarded mail subscribes nobody.
        Assert.Equal("unsubscribed", await site.StatusOfAsync(reader.Id));
        await site.Get<NoticeSending>().RunAsync(CancellationToken.None);
        var mail = await site.Mails.WaitForAsync(
            m => m.Recipients.Contains(reader.Email) && m.Message.Subject!.StartsWith("Please confirm", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        var confirm = new Uri(site.Links.Confirm((await site.SignUpAsync(reader.Email))!.Value)).AbsolutePath;
        Assert.Contains(confirm, mail.Message.TextBody, StringComparison.Ordinal);

        using var pressed = await client.PostAsync(confirm, null);
        var back = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!;
        Assert.Equal("confirmed", back.Status);
        Assert.Equivalent(reader.Preferences, back.Preferences, strict: true);
        Assert.Contains("You are in", await client.GetStringAsync(confirm));
    }

    [Fact]
    public async Task Asked_twice_there_is_one_mail_and_who_must_not_be_mailed_gets_none()
    {
        var (reader, path) = await LeftAsync();
        using var client = site.Stranger();
        using var first = await client.PostAsync(path + "?handler=Return", null);
        using var second = await client.PostAsync(path + "?handler=Return", null);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
        Assert.Equal(1, await site.CountAsync($"select count(*) from notices where subscriber_id = {reader.Id} and kind = 'confirm'"));
        Assert.Equal(1, await site.CountAsync($"select count(*) from sign_ups where subscriber_id = {reader.Id}"));

        var (suppressed, other) = await LeftAsync();
        await site.Get<SuppressionStore>().AddAsync(EmailAddress.Parse(suppressed.Email), "bounced", "test");
        using var none = await client.PostAsync(other + "?handler=Return", null);
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        Assert.Equal(0, await site.CountAsync($"select count(*) from notices where subscriber_id = {suppressed.Id} and kind = 'confirm'"));
    }

    [Fact]
    public async Task Who_is_here_has_nothing_to_come_back_from()
    {
        var reader = await site.SubscriberAsync("CTO");
        using var client = site.Stranger();
        using var answer = await client.PostAsync(new Uri(site.Links.Preferences(reader.Row)).AbsolutePath + "?handler=Return", null);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(0, await site.CountAsync($"select count(*) from sign_ups where subscriber_id = {reader.Id}"));
    }

    private async Task<(Subscriber Reader, string Path)> LeftAsync()
    {
        var reader = await site.SubscriberAsync("CTO", "Head of Data, EMEA");
        await site.ExecuteAsync($"update subscribers set topics = array['Trust, Safety'], hour = 7 where id = {reader.Id}");
        reader = (await site.Get<SubscriberStore>().FindAsync(reader.Id))!;
        await site.Get<Unsubscribing>().LeaveAsync(reader.Id);
        return (reader, new Uri(site.Links.Preferences(reader.Row)).AbsolutePath);
    }
}
