using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Newsletter.GoldenMails;

namespace Newsletter.Tests.Rendering;

/// <summary>What must hold of every mail, on mails for eight roles at three depths and a few more. <c>./newsletter check mail</c> has the slow rest.</summary>
public class GoldenMailTests(GoldenMailTests.Mails mails) : IClassFixture<GoldenMailTests.Mails>
{
    /// <summary>Made once.</summary>
    public sealed class Mails : IAsyncLifetime
    {
        public IReadOnlyList<(GoldenMail Mail, IHtmlDocument Page)> All { get; private set; } = [];

        public async Task InitializeAsync() =>
            All = [.. (await new Golden().AllAsync()).Select(mail => (mail, new HtmlParser().ParseDocument(mail.Html)))];

        public Task DisposeAsync() => Task.CompletedTask;
    }

    [Fact]
    public void They_show_what_they_are_to_show()
    {
        Assert.Equal(28, mails.All.Count);
        Assert.Contains(mails.All, m => m.Page.QuerySelector("[lang=ar][dir=rtl] h2") is not null);
        Assert.Contains(mails.All, m => m.Mail.Html.Contains("Why it matters for you, as CTO", StringComparison.Ordinal));
        Assert.Contains(mails.All, m => m.Mail.Html.Contains("Key takeaway, written for CISOs", StringComparison.Ordinal));
        Assert.Contains(mails.All, m => m.Mail.Html.Contains("For you as AI Product Manager", StringComparison.Ordinal));
    }

    [Fact]
    public void They_are_small_and_their_style_sheet_too()
    {
        Assert.All(mails.All, m => Assert.InRange(Encoding.UTF8.GetByteCount(m.Mail.Html), 5000, 80_000));
        Assert.All(mails.All, m => Assert.InRange(
            Encoding.UTF8.GetByteCount(string.Concat(m.Page.QuerySelectorAll("style").Select(style => style.TextContent))), 500, 8000));
        Assert.All(mails.All, m => Assert.InRange(m.Mail.Subject.Length, 1, 60));
    }

    [Fact]
    public void Headings_go_down_one_step_at_a_time_from_one_h1()
    {
        Assert.All(mails.All, m =>
        {
            var levels = m.Page.QuerySelectorAll("h1, h2, h3, h4, h5, h6").Select(heading => heading.TagName[1] - '0').ToList();
            Assert.Equal(1, levels[0]);
            Assert.Single(levels, level => level == 1);
            Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
            Assert.All(m.Page.QuerySelectorAll("h1, h2, h3"), heading => Assert.NotEqual("", heading.TextContent.Trim()));
        });
    }

    [Fact]
    public void Layout_says_that_it_is_layout_and_languages_say_which()
    {
        Assert.All(mails.All, m =>
        {
            Assert.All(m.Page.QuerySelectorAll("table"), table => Assert.Equal("presentation", table.GetAttribute("role")));
            var article = Assert.Single(m.Page.QuerySelectorAll("body > div[role=article]"));
            Assert.Equal(("email", "The Weekly Brief"), (article.GetAttribute("aria-roledescription"), article.GetAttribute("aria-label")));
            Assert.All([m.Page.DocumentElement, article],
                element => Assert.Equal(element.GetAttribute("lang") == "ar" ? "rtl" : "ltr", element.GetAttribute("dir")));
            Assert.All(m.Page.QuerySelectorAll("h2"), title => Assert.NotNull(title.Closest("td[lang][dir]")));
        });
    }

    [Fact]
    public void Outlook_has_one_table_of_its_own_and_nothing_else()
    {
        Assert.All(mails.All, m =>
        {
            Assert.Equal(2, m.Mail.Html.Split("<!--[if mso]><table role=\"presentation\" width=\"600\"").Length);
            Assert.Equal(3, m.Mail.Html.Split("<!--[if").Length);
            Assert.Equal(3, m.Mail.Html.Split("<![endif]-->").Length);
            Assert.DoesNotContain("<v:", m.Mail.Html, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public void Every_link_is_absolute_and_https()
    {
        Assert.All(mails.All, m =>
        {
            Assert.NotEmpty(m.Page.QuerySelectorAll("a"));
            Assert.All(m.Page.QuerySelectorAll("[href], [src]"), element =>
                Assert.StartsWith("https://", element.GetAttribute("href") ?? element.GetAttribute("src"), StringComparison.Ordinal));
            Assert.DoesNotContain("javascript:", m.Mail.Html, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public void Every_title_and_link_of_one_part_is_in_the_other()
    {
        Assert.All(mails.All, m =>
        {
            var lines = m.Mail.Text.Split("\r\n");
            var links = m.Page.QuerySelectorAll("a").Select(link => link.GetAttribute("href")!).Order(StringComparer.Ordinal).Distinct().ToList();
            Assert.Equal(links, lines.Where(line => line.StartsWith("http", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Distinct());
            var text = string.Join(' ', m.Mail.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            var unbroken = string.Concat(m.Mail.Text.Where(character => !char.IsWhiteSpace(character)));
            Assert.All(m.Page.QuerySelectorAll("h1, h2, h3, li"), heading => Assert.Contains(
                string.Concat(heading.TextContent.Where(character => !char.IsWhiteSpace(character))), unbroken, StringComparison.Ordinal));
            var titles = m.Page.QuerySelectorAll("h2").Select(title => title.TextContent).ToList();
            Assert.Equal(titles.Count, lines.Count(line => line.StartsWith("----", StringComparison.Ordinal)) - 1);
            Assert.True(titles.Zip(titles.Skip(1)).All(pair =>
                text.LastIndexOf(pair.First, StringComparison.Ordinal) < text.LastIndexOf(pair.Second, StringComparison.Ordinal)
                || pair.First.Any(character => character > '\u2E80') || pair.Second.Any(character => character > '\u2E80')));
        });
    }

    [Fact]
    public void Text_is_72_columns_wide_but_for_addresses()
    {
        Assert.All(mails.All, m => Assert.All(
            m.Mail.Text.Split("\r\n").Where(line => !line.StartsWith("http", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 72)));
    }

    [Fact]
    public void The_parts_stand_in_their_order()
    {
        Assert.All(mails.All, m =>
        {
            var order = new[]
            {
                "The Weekly Brief", "Monday, 23 November 2026", "Read in browser", "about", "Preferences", "Unsubscribe",
                "Hello Ada,", "You get this because", "Preferences", "Unsubscribe", "20457 Hamburg",
            };
            foreach (var part in new[] { m.Page.QuerySelector("h1")!.Closest("table")!.ParentElement!.TextContent, m.Mail.Text })
            {
                var at = 0;
                Assert.All(order, word =>
                {
                    var next = part.IndexOf(word, at, StringComparison.Ordinal);
                    Assert.True(next >= 0, $"{m.Mail.Name}: “{word}” is missing or too early.");
                    at = next + word.Length;
                });
            }
        });
    }
}
