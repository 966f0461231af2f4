using Newsletter.Alarms;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Alarms;

public sealed class AlarmWebhookTests : IAsyncLifetime
{
    private WebhookCatcher webhook = null!;
    private TestProduct house = null!;

    public async Task InitializeAsync()
    {
        webhook = await WebhookCatcher.StartAsync();
        house = new TestProduct { Settings = new Dictionary<string, string> { ["Alarm:WebhookUrl"] = webhook.Url } };
        await house.InitializeAsync();
        await house.Get<AlarmRaising>().RaiseAsync(new Alarm
        {
            Kind = AlarmKind.Restored, About = "database", Headline = "Restored", Sentence = "It is a copy of reader@example.com.",
            ToDo = "Look.", Page = "/editor",
        });
    }

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        await webhook.DisposeAsync();
    }

    [Fact]
    public async Task It_is_told_once_as_JSON_also_when_the_relay_is_away()
    {
        await house.StopRelayAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(SendAsync)));

        var post = Assert.Single(webhook.Posts);
        Assert.Equal(("restored", "database", "It is a copy of [address]."), (Text("kind"), Text("about"), Text("sentence")));
        Assert.Equal("http://127.0.0.1:8080/editor", Text("url"));
        string? Text(string name) => post.GetProperty(name).GetString();
    }

    [Fact]
    public async Task It_is_tried_again_when_it_failed()
    {
        webhook.Status = 503;
        await SendAsync();
        await SendAsync();
        Assert.Single(webhook.Posts);
        webhook.Status = 200;
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync();
        await SendAsync();

        Assert.Equal(2, webhook.Posts.Count);
        Assert.Single(webhook.Posts.Select(post => post.GetProperty("id").GetString()).Distinct());
        Assert.Equal("sent", await house.ScalarAsync<string>("select state from alarm_messages"));
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(404)]
    public async Task It_is_neither_followed_elsewhere_nor_asked_again_when_it_refuses(int status)
    {
        await using var elsewhere = await WebhookCatcher.StartAsync();
        (webhook.Status, webhook.Location) = (status, elsewhere.Url);
        await SendAsync();
        house.Time.Advance(TimeSpan.FromHours(1));
        await SendAsync();

        Assert.Single(webhook.Posts);
        Assert.Empty(elsewhere.Posts);
        Assert.Equal("failed", await house.ScalarAsync<string>("select state from alarm_messages"));
    }

    [Fact]
    public async Task One_that_is_not_there_keeps_no_alarm_from_the_next_try()
    {
        await webhook.DisposeAsync();
        await SendAsync();
        Assert.Equal("due", await house.ScalarAsync<string>("select state from alarm_messages"));
    }

    [Theory]
    [InlineData("http://example.com/alarm")]
    [InlineData("ftp://127.0.0.1/alarm")]
    [InlineData("https://user:secret@example.com/alarm")]
    [InlineData("/alarm")]
    [InlineData("not an address")]
    public void Only_https_and_this_machine_are_taken(string url)
    {
        var refusal = Assert.Throws<Refusal>(() => new AlarmOptions { WebhookUrl = url }.Checked());
        Assert.DoesNotContain("secret", refusal.Message);
    }

    [Theory]
    [InlineData("https://hooks.example.com/services/T0/B0")]
    [InlineData("http://127.0.0.1:9000/alarm")]
    [InlineData("http://[::1]:9000/alarm")]
    [InlineData("http://localhost/alarm")]
    [InlineData("")]
    [InlineData(null)]
    public void Those_are_taken(string? url) => new AlarmOptions { WebhookUrl = url }.Checked();

    private Task SendAsync() => house.Get<AlarmSending>().RunAsync(default);
}
