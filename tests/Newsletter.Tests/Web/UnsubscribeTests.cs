using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Newsletter.Links;

namespace Newsletter.Tests.Web;

[Collection(nameof(Site))]
public sealed class UnsubscribeTests(Site site)
{
    [Theory]
    [InlineData("urlencoded")]
    [InlineData("multipart")]
    [InlineData("empty")]
    [InlineData("broken multipart")]
    [InlineData("something else")]
    public async Task One_post_unsubscribes_whatever_form_its_body_has(string form)
    {
        var subscriber = await site.SubscriberAsync();
        using var client = site.Stranger();
        using HttpContent? body = form switch
        {
            "urlencoded" => Site.Form(("List-Unsubscribe", "One-Click")),
            "multipart" => new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } },
            "broken multipart" => Broken(),
            "something else" => new ByteArrayContent([0, 255, 0]),
            _ => null,
        };
        using var answer = await client.PostAsync("/unsubscribe/" + Token(site.Links.Unsubscribe(subscriber.Row, 1)), body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal("unsubscribed", await site.StatusOfAsync(subscriber.Id));
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        var subscriber = await site.SubscriberAsync();
        var path = "/unsubscribe/" + Token(site.Links.Unsubscribe(subscriber.Row, 1));
        using var client = site.Stranger();
        var answers = new List<(HttpMethod, HttpStatusCode)>();
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Options, HttpMethod.Put, HttpMethod.Delete])
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(method, path));
            answers.Add((method, answer.StatusCode));
        }
        Assert.Equal(
            [
                (HttpMethod.Get, HttpStatusCode.OK), (HttpMethod.Head, HttpStatusCode.OK), (HttpMethod.Options, HttpStatusCode.OK),
                (HttpMethod.Put, HttpStatusCode.MethodNotAllowed), (HttpMethod.Delete, HttpStatusCode.MethodNotAllowed),
            ],
            answers);
        Assert.Equal("confirmed", await site.StatusOfAsync(subscriber.Id));
    }

    [Fact]
    public async Task Twice_is_as_good_as_once()
    {
        var subscriber = await site.SubscriberAsync();
        using var client = site.Stranger();
        for (var i = 0; i < 2; i++)
        {
            using var answer = await client.PostAsync("/unsubscribe/" + Token(site.Links.Unsubscribe(subscriber.Row, 1)), null);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_link_of_a_test_mail_says_so_and_does_nothing()
    {
        using var client = site.Stranger();
        var path = "/unsubscribe/" + Token(site.Links.Unsubscribe(RowKey.Nobody, 1));
        Assert.Contains("came in a test mail", await client.GetStringAsync(path));
        using var answer = await client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("%ED%A0%80")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    public async Task A_token_that_is_not_ours_is_not_found(string token)
    {
        using var client = site.Stranger();
        foreach (var page in (string[])["unsubscribe", "confirm", "preferences", "view", "export", "erase"])
        {
            using var got = await client.GetAsync($"/{page}/{token}");
            Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
            Assert.Contains("<h1>", await got.Content.ReadAsStringAsync());
            if (page != "view")
            {
                using var posted = await client.PostAsync($"/{page}/{token}", null);
                Assert.Equal(HttpStatusCode.NotFound, posted.StatusCode);
            }
        }
    }

    [Fact]
    public async Task A_token_is_good_for_its_purpose_and_its_person_only()
    {
        var subscriber = await site.SubscriberAsync();
        using var client = site.Stranger();
        var forged = Token(site.Links.Unsubscribe(subscriber.Row, 1)).ToCharArray();
        forged[5] = forged[5] == 'A' ? 'B' : 'A';
        foreach (var token in (string[])
        [
            new string(forged), Token(site.Links.Preferences(subscriber.Row)), Token(site.Links.View(subscriber.Row, new RowKey(1, 0))),
        ])
        {
            using var answer = await client.PostAsync("/unsubscribe/" + token, null);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        Assert.Equal("confirmed", await site.StatusOfAsync(subscriber.Id));
    }

    private static string Token(string link) => link[(link.LastIndexOf('/') + 1)..];

    private static ByteArrayContent Broken()
    {
        var body = new ByteArrayContent(Encoding.ASCII.GetBytes("--nowhere\r\nno headers"));
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=elsewhere");
        return body;
    }
}
