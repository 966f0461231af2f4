
namespace Newsletter.Tests.Items;

/// <summary>The JSON form: the same facts, and hostile ones.</summary>
public sealed class ItemJsonTests
{
    [Fact]
    public void The_same_facts_give_the_same_content_as_the_text_form()
    {
        var item = Article.Content($$"""
            {"title":"The lift that called itself","summary":"A lift learned when people leave. It now waits where they are.",
             "keyTakeaway":"For AI/ML Directors weighing small models, the lift shows that a table may be enough.",
             "keyInsights":["Waiting fell by a third.","Nobody noticed."],"principles":["Measure the wait, not the ride."],
             "method":"Two months of button presses.","inPractice":["Start with a table."],"topics":["Forecasting","Buildings"],
             "bestFor":[{"label":"CTO","roles":["cto"]},"AI Engineer"],"related":["The stairs that did not"],"credit":"{{Article.Credit}}",
             "somethingElse":{"is":["passed",0,"ver"]},"publishedAt":null,"url":null}
            """);

        Assert.Equal(Article.Facts(Article.Content(Article.Text)), Article.Facts(item));
    }

    [Fact]
    public void Names_may_be_in_any_letter_case_and_a_single_text_is_a_list_of_one()
    {
        var item = Article.Content("""{"TITLE":" A title ","KeyInsights":"One","bestfor":"CTO, PM","Language":"DE-at","curator":"C","publication":"P"}""");

        Assert.Equal("A title", item.Title);
        Assert.Equal(["One"], item.KeyInsights);
        Assert.Equal(["CTO", "PM"], item.BestFor);
        Assert.Equal(("de-at", "C", "P"), (item.Language, item.Curator, item.Publication));
    }

    [Fact]
    public void A_list_has_its_entries_on_one_line_and_each_once() =>
        Assert.Equal(["a b", "c"], Article.Content("""{"title":"t","topics":["a\r\nb"," c ","","c"]}""").Topics);

    [Theory]
    [InlineData("2026-11-23", "2026-11-23T00:00:00Z")]
    [InlineData("2026-11-23T08:30Z", "2026-11-23T08:30:00Z")]
    [InlineData("2026-11-23T08:30:15", "2026-11-23T08:30:15Z")]
    [InlineData("2026-11-23T08:30:15.25+02:00", "2026-11-23T06:30:15.25Z")]
    public void Times_are_UTC_where_they_name_no_zone(string text, string utc) => Assert.Equal(
        DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture),
        Article.Content($$"""{"title":"t","summary":"s","publishedAt":"{{text}}"}""").PublishedAt);

    [Theory]
    [InlineData("""{"title":7,"summary":"s"}""", "title must be a string")]
    [InlineData("""{"title":1e99999999,"summary":"s"}""", "title must be a string")]
    [InlineData("""{"title":["t"],"summary":"s"}""", "title must be a string")]
    [InlineData("""{"title":"t","summary":{"a":1}}""", "summary must be a string")]
    [InlineData("""{"title":"t","topics":{"a":1}}""", "topics must be a list of strings")]
    [InlineData("""{"title":"t","topics":["a",1]}""", "topics must be a list of strings")]
    [InlineData("""{"title":"t","topics":["a",null]}""", "topics must be a list of strings")]
    [InlineData("""{"title":"t","topics":[["a"]]}""", "topics must be a list of strings")]
    [InlineData("""{"title":"t","bestFor":[{"roles":["cto"]}]}""", "bestFor has no label")]
    [InlineData("""{"title":"t","bestFor":[{"label":5}]}""", "label must be a string")]
    [InlineData("""{"title":"t","bestFor":true}""", "bestFor must be a list of strings")]
    [InlineData("""{"summary":"s"}""", "there is no title")]
    [InlineData("""{"title":" \n ","summary":"s"}""", "there is no title")]
    [InlineData("""{"title":"t"}""", "no known section")]
    [InlineData("""{"title":"t","topics":[],"summary":null,"method":"","credit":"c"}""", "no known section")]
    [InlineData("""{"title":"\ufeff\u200b","summary":"s"}""", "the title contains no visible character")]
    [InlineData("{}", "there is no title")]
    [InlineData("""{"title":"t","title":"u","summary":"s"}""", "title occurs twice")]
    [InlineData("""{"title":"t","summary":"s","Summary":"r"}""", "summary occurs twice")]
    [InlineData("""{"title":"t","summary":"a\nb\u0000"}""", "summary contains a NUL")]
    [InlineData("""{"title":"\ud800","summary":"s"}""", "title contains half of a surrogate pair")]
    [InlineData("""{"title":"t","topics":["\udc00"]}""", "topics contains half of a surrogate pair")]
    [InlineData("""{"title":"t","summary":"s","publishedAt":12345678901234567890}""", "publishedAt must be a string")]
    [InlineData("""{"title":"t","summary":"s","publishedAt":"yesterday"}""", "publishedAt must be a time")]
    [InlineData("""{"title":"t","summary":"s","publishedAt":"08:00"}""", "publishedAt must be a time")]
    [InlineData("""{"title":"t","summary":"s","publishedAt":"2026-02-30"}""", "publishedAt must be a time")]
    [InlineData("""{"title":"t","summary":"s","publishedAt":"0001-01-01T00:00:00+14:00"}""", "publishedAt must be a time")]
    [InlineData("""{"title":"t","summary":"s","language":"<b>"}""", "language must be")]
    [InlineData("""{"title":"t","summary":"s","language":"e"}""", "language must be")]
    public void A_fact_of_the_wrong_kind_is_rejected_with_its_name(string json, string reason)
    {
        var rejection = Article.Rejection(json);

        Assert.Equal(1, rejection.Line);
        Assert.Contains(reason, rejection.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"title":"t","summary":"s","\ud800":1}""")]
    [InlineData("""{"title":"t","summary":"s","x":"\ud800"}""")]
    [InlineData("""{"title":"t","summary":"s","x":1e99999,"x":-1e-99999}""")]
    [InlineData("""{"title":"t","summary":"s","bestFor":[{"\udc00":1,"label":"CTO"}]}""")]
    public void What_nobody_asks_for_is_passed_over_even_when_it_is_strange(string json) => Article.Content(json);

    [Fact]
    public void Deep_nesting_is_rejected()
    {
        var deep = $$"""{"title":"t","summary":"s","x":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""";

        Assert.Contains("nested too deep", Article.Rejection(deep).Message, StringComparison.Ordinal);
        Assert.Equal(2, Article.Read(deep + "\n{\"title\":\"t\",\"summary\":\"s\"}").Count);
        Assert.Contains("nested too deep", Article.Rejection("[" + deep + "]").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("topics")]
    [InlineData("bestFor")]
    [InlineData("keyInsights")]
    public void A_list_of_10_000_is_rejected(string name)
    {
        var list = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"keeper {i}\""));

        Assert.Contains("more than 200", Article.Rejection($$"""{"title":"t","{{name}}":[{{list}}]}""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_in_one_text_count_one_by_one() => Assert.Contains("more than 200",
        Article.Rejection($$"""{"title":"t","bestFor":"{{string.Join(',', Enumerable.Range(0, 201).Select(i => $"keeper {i}"))}}"}""").Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_label_over_200_characters_is_rejected() => Assert.Contains("200 characters",
        Article.Rejection($$"""{"title":"t","bestFor":["CTO","{{new string('x', 201)}}"]}""").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://Example.COM/A/b/", "https://example.com/A/b/")]
    [InlineData("HTTP://example.com:80", "http://example.com/")]
    [InlineData("https://example.com:8443/x#part", "https://example.com:8443/x#part")]
    [InlineData("https://example.com/x?utm_source=a&id=7&fbclid=b&UTM_Medium=c&gclid=d", "https://example.com/x?id=7")]
    [InlineData("https://example.com/?b=1&a=2", "https://example.com/?b=1&a=2")]
    [InlineData("  https://example.com/a b\u00e9 ", "https://example.com/a%20b%C3%A9")]
    [InlineData("https://b\u00fccher.example/", "https://xn--bcher-kva.example/")]
    [InlineData("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x")]
    [InlineData("https://example.com/%3Cscript%3E\\\"'", "https://example.com/%3Cscript%3E%22'")]
    public void An_address_is_kept_in_its_canonical_form(string url, string canonical) =>
        Assert.Equal(canonical, Article.Content($$"""{"title":"t","summary":"s","url":"{{url}}"}""").Url);

    public static TheoryData<string> HostileAddresses =>
    [
        "javascript:alert(1)", "JaVaScRiPt://example.com/%0aalert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.com/x", "mailto:a@example.com",
        "/relative", "//example.com/x", "example.com", "https://", "https:///x", "http://user:secret@example.com/", "https://example.com@evil.example/",
        "https://example.com:99999/", "https://exa mple.com/", "not an address", "https://example.com/" + new string('x', 2000),
        // Short, but not once it is escaped.
        "https://example.com/" + new string('\u6570', 300), $"https://{new string('\u00fc', 70)}.example/",
        "https://a..b/", "https://xn--\u00e4/", "https://\u200b/",
    ];

    [Theory]
    [MemberData(nameof(HostileAddresses))]
    public void A_hostile_address_is_rejected(string url) =>
        Assert.Contains("url must be", Article.Rejection($$"""{"title":"t","summary":"s","url":"{{url}}"}""").Message, StringComparison.Ordinal);
}
