using System.Text;
using AngleSharp.Html.Parser;
using Newsletter.GoldenMails;
using Newsletter.Items;

namespace Newsletter.Tests.Sending;

/// <summary>The largest digest that is allowed: 50 items of every section, in scripts of one, two and three octets a character.</summary>
public class MailSizeTests
{
    private const int Most = 80_000;

    private static readonly Golden Golden = new();

    [Theory]
    [InlineData("en", "Teams that measure what they meant to change rarely find it where they looked first. ")]
    [InlineData("ru", "Команды, измеряющие то, что хотели изменить, редко находят это там, где искали сначала. ")]
    [InlineData("zh", "那些测量自己想要改变之物的团队，很少在最初寻找的地方找到它。他们在别处找到了答案。")]
    public async Task The_largest_digest_stays_under_80_kB(string language, string sentence)
    {
        var items = Enumerable.Range(1, 50).Select(number => Long(number, language, sentence)).ToList();
        var mail = await Golden.OfAsync("largest", ["AI Engineer"], Depth.Full, only: items, most: 50);

        Assert.InRange(Encoding.UTF8.GetByteCount(mail.Html), 40_000, Most);
        var page = new HtmlParser().ParseDocument(mail.Html);
        Assert.Equal(50, page.QuerySelectorAll("h2").Length);
        Assert.All(items, item => Assert.Contains(item.Credit!, page.Body!.TextContent, StringComparison.Ordinal));
        Assert.Contains("Unsubscribe", page.QuerySelectorAll("a")[^1].TextContent, StringComparison.Ordinal);
        // The lead is the last to lose anything.
        Assert.Contains("Method", page.QuerySelector("h2")!.Closest("td")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_digest_of_twelve_items_of_usual_length_is_shown_as_it_was_chosen()
    {
        var items = Enumerable.Range(1, 12).Select(number => Long(number, "en", "Teams that measure find it. ")).ToList();
        var mail = await Golden.OfAsync("usual", ["AI Engineer"], Depth.Full, only: items, most: 12);
        Assert.Equal(12, new HtmlParser().ParseDocument(mail.Html).QuerySelectorAll("h3").Count(heading => heading.TextContent == "Method"));
    }

    [Fact]
    public async Task A_mail_that_nothing_makes_small_enough_is_not_sent()
    {
        var items = Enumerable.Range(1, 50)
            .Select(number => Long(number, "zh", "字") with { Title = $"{number}" + new string('题', 290), Credit = new string('源', 900) }).ToList();
        var refusal = await Assert.ThrowsAsync<Refusal>(() => Golden.OfAsync("too-large", ["AI Engineer"], Depth.Full, only: items, most: 50));
        Assert.Contains("95 kB", refusal.Message, StringComparison.Ordinal);
    }

    private static ItemContent Long(int number, string language, string sentence)
    {
        string Text(int sentences) => string.Concat(Enumerable.Repeat(sentence, sentences)).Trim();
        return new()
        {
            Title = $"{number}. {Text(1)}", Language = language, Url = $"https://example.com/articles/a-rather-long-address-of-an-article/{number}",
            Summary = Text(8), KeyTakeaway = Text(5), KeyInsights = [.. Enumerable.Range(1, 6).Select(i => $"{i} {Text(2)}")],
            Principles = [.. Enumerable.Range(1, 4).Select(i => $"{i} {Text(1)}")], Method = Text(6) + "\n\n" + Text(4),
            InPractice = [.. Enumerable.Range(1, 5).Select(i => $"{i} {Text(1)}")], Topics = ["Measuring"], BestFor = ["AI Engineer"],
            Credit = $"Editorial summary, takeaway, and curation by Example Press. Original article published by Journal {number}.",
        };
    }
}
