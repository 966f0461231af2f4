using Newsletter.Items;

namespace Newsletter.Tests.Items;

/// <summary>The text form, clause by clause.</summary>
public sealed class ItemTextTests
{
    [Fact]
    public void Every_section_of_an_article_is_read()
    {
        var item = Article.Content(Article.Text);

        Assert.Equal("The lift that called itself", item.Title);
        Assert.Equal("A lift learned when people leave. It now waits where they are.", item.Summary);
        Assert.StartsWith("For AI/ML Directors weighing", item.KeyTakeaway, StringComparison.Ordinal);
        Assert.Equal(["Waiting fell by a third.", "Nobody noticed."], item.KeyInsights);
        Assert.Equal(["Measure the wait, not the ride."], item.Principles);
        Assert.Equal("Two months of button presses.", item.Method);
        Assert.Equal(["Start with a table."], item.InPractice);
        Assert.Equal(["Forecasting", "Buildings"], item.Topics);
        Assert.Equal(["CTO", "AI Engineer"], item.BestFor);
        Assert.Equal(["The stairs that did not"], item.Related);
        Assert.Equal((Article.Credit, "Ines Vale", "The Slow Wire"), (item.Credit, item.Curator, item.Publication));
        Assert.Equal("en", item.Language);
        Assert.Null(item.Url);
        Assert.Empty(Article.One(Article.Text).Warnings);
    }

    [Fact]
    public void The_articles_that_came_with_the_task_or_our_own_are_read_whole()
    {
        var shared = Path.Combine(Repository.Top, "../shared/items");
        var own = Path.Combine(Repository.Top, "samples/items");
        foreach (var file in Directory.GetFiles(Directory.Exists(shared) ? shared : own, "*.txt"))
        {
            var reading = Assert.Single(ItemFile.Read(File.ReadAllBytes(file)));
            Assert.Null(reading.Rejection);
            Assert.Empty(reading.Warnings);
            var item = reading.Content!;
            Assert.All([item.Summary, item.KeyTakeaway, item.Credit, item.Curator, item.Publication], fact => Assert.False(string.IsNullOrWhiteSpace(fact)));
            Assert.All([item.KeyInsights, item.Principles, item.InPractice, item.Topics, item.BestFor], Assert.NotEmpty);
            Assert.Contains(item.Credit!, File.ReadAllText(file), StringComparison.Ordinal);
            Assert.DoesNotContain(item.BestFor, label => label.Contains("Related", StringComparison.Ordinal) || label.Contains(':', StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Summary")]
    [InlineData("Summary:")]
    [InlineData("Summary :")]
    [InlineData("SUMMARY")]
    [InlineData("summary:")]
    [InlineData("  sUMMARY  ")]
    [InlineData("Summary\t")]
    public void A_heading_is_its_word_in_any_letter_case_with_or_without_a_colon(string heading) =>
        Assert.Equal("What it says.", Article.Of(heading, "What it says.").Summary);

    [Theory]
    [InlineData("Key takeaway")]
    [InlineData("KEY TAKEAWAY:")]
    [InlineData("Key  Takeaway")]
    public void A_heading_of_two_words_is_read(string heading) =>
        Assert.Equal("What to take.", Article.Of(heading, "What to take.").KeyTakeaway);

    [Fact]
    public void The_text_of_a_section_may_follow_its_headings_colon()
    {
        var item = Article.Of(
            "Summary: It begins here:", "and goes on.", "key insights: One alone", "Topics: Ethics, Law; Trade", "- Music, old",
            "Best for : CTO; PM", "METHOD:Close by");

        Assert.Equal("It begins here: and goes on.", item.Summary);
        Assert.Equal(["One alone"], item.KeyInsights);
        Assert.Equal(["Ethics", "Law", "Trade", "Music, old"], item.Topics);
        Assert.Equal(["CTO", "PM"], item.BestFor);
        Assert.Equal("Close by", item.Method);
    }

    [Theory]
    [InlineData("- Method")]
    [InlineData("* Method:")]
    [InlineData("• Method")]
    [InlineData("1. Method")]
    [InlineData("- Method: by hand")]
    public void A_heading_word_with_a_bullet_is_text(string line)
    {
        var item = Article.Of("Principles", "Be kind.", line, "Stay curious.");

        Assert.Null(item.Method);
        Assert.Equal(3, item.Principles.Count);
    }

    [Theory]
    [InlineData("Summary of the year")]
    [InlineData("Topics we left out: three")]
    [InlineData("Method matters")]
    [InlineData("Best for teams: the small ones")]
    [InlineData("Principles, not rules")]
    [InlineData("There is a Method")]
    [InlineData("This is the summary:")]
    [InlineData("Their in practice: nothing")]
    [InlineData("Summary.")]
    [InlineData("Methods")]
    [InlineData("Key")]
    [InlineData("Editorial summary pages, written by machines")]
    [InlineData("Editorial summary")]
    [InlineData("Original articles are rare")]
    public void A_line_that_merely_begins_or_ends_with_such_a_word_is_text(string line)
    {
        var item = Article.Of("Key takeaway", "Before.", line, "After.", Article.Credit);

        Assert.Equal($"Before. {line} After.", item.KeyTakeaway);
        Assert.Equal(Article.Credit, item.Credit);
    }

    [Fact]
    public void Only_a_sections_first_heading_counts_and_the_second_is_text_with_a_warning()
    {
        var reading = Article.One("A title\nSummary\nFirst.\nPrinciples\n- One\nSummary\n- Two\nsummary: three");

        Assert.Equal("First.", reading.Content!.Summary);
        Assert.Equal(["One", "Summary", "Two", "summary: three"], reading.Content.Principles);
        Assert.Equal([6, 8], reading.Warnings.Select(w => w.Line));
    }

    [Theory]
    [InlineData("- One\n- Two")]
    [InlineData("* One\n* Two")]
    [InlineData("• One\n•Two")]
    [InlineData("1. One\n2. Two")]
    [InlineData("9.  One\n10.\tTwo")]
    [InlineData("One\nTwo")]
    [InlineData("\n  - One  \n\n\n*\tTwo\n-\n")]
    public void A_list_may_have_any_bullets_or_none(string list) =>
        Assert.Equal(["One", "Two"], Article.Of("In practice", list).InPractice);

    [Theory]
    [InlineData("1.5 times as fast")]
    [InlineData("-5 % of cost")]
    [InlineData("*really* fast")]
    [InlineData("2026. What a year")]
    public void What_only_looks_like_a_bullet_stays(string line) => Assert.Equal([line], Article.Of("Key insights", line).KeyInsights);

    [Fact]
    public void A_list_names_each_entry_once() => Assert.Equal(["Law"], Article.Of("Topics", "- Law", "* Law").Topics);

    [Fact]
    public void Labels_are_named_once_however_they_are_spelt() => Assert.Equal(["CTO", "PM"], Article.Of("Best for: CTO", "- C.T.O.s, PM", "- cto").BestFor);

    [Fact]
    public void Paragraphs_are_kept_apart_and_lines_run_on()
    {
        var item = Article.Of("Summary", "", "One,", "still one.", "", "", "Two.", "- a", "- b", "", "Method", "- Alone.");

        Assert.Equal("One, still one.\n\nTwo.\n- a\n- b", item.Summary);
        Assert.Equal("Alone.", item.Method);
    }

    [Fact]
    public void Sections_may_be_empty_or_missing()
    {
        var item = Article.Of("Principles", "Method:", "Topics", "", "Best for:");

        Assert.Null(item.Method);
        Assert.Null(item.Summary);
        Assert.Empty(item.Principles);
        Assert.Empty(item.Topics);
        Assert.Empty(item.BestFor);
        Assert.Null(item.Credit);
    }

    [Fact]
    public void What_stands_outside_of_every_section_is_left_out_with_a_warning()
    {
        var reading = Article.One($"A title\nby somebody\nSummary\nText.\n{Article.Credit}\nSubscribe now!");

        Assert.Equal("Text.", reading.Content!.Summary);
        Assert.Equal([2, 6], reading.Warnings.Select(w => w.Line));
    }

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData(" \r\n\t\n  ", 1, "empty")]
    [InlineData("Summary\nText.", 1, "no title")]
    [InlineData("\n\n  Best for: CTO\nSummary", 3, "no title")]
    [InlineData(Article.Credit, 1, "no title")]
    [InlineData("\u200b\u2060\nSummary\nText.", 1, "no title")]
    [InlineData("A title", 1, "no known section")]
    [InlineData("\nA title\nSome text\nand more", 2, "no known section")]
    [InlineData("A title\n" + Article.Credit, 1, "no known section")]
    public void What_is_no_item_is_rejected_with_line_and_reason(string text, int line, string reason)
    {
        var rejection = Article.Rejection(text);

        Assert.Equal(line, rejection.Line);
        Assert.Contains(reason, rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_title_may_have_300_characters_and_no_more()
    {
        Assert.Equal(300, Article.Content(new string('t', 300) + "\nSummary").Title.Length);
        Assert.Contains("300", Article.Rejection(new string('t', 301) + "\nSummary").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Video] How lifts think")]
    [InlineData("{braces} in a title")]
    [InlineData("[2026] In review")]
    public void A_title_may_begin_with_a_bracket(string title) => Assert.Equal(title, Article.Content($"{title}\nSummary\nText.").Title);

    [Theory]
    [InlineData("Topics", "topic")]
    [InlineData("Best for", "CTO of country")]
    [InlineData("Key insights", "insight")]
    public void A_section_may_have_200_entries_and_no_more(string heading, string entry)
    {
        string[] Lines(int count) => [heading, .. Enumerable.Range(1, count).Select(i => $"- {entry} {i}")];

        Article.Of(Lines(200));
        var rejection = Article.Rejection("A title\n" + string.Join('\n', Lines(10_000)));
        Assert.Equal(2, rejection.Line);
        Assert.Contains("200", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_over_200_characters_rejects_its_item_at_the_heading()
    {
        var rejection = Article.Rejection($"A title\nSummary\nText.\nBest for: CTO, {new string('x', 201)}");

        Assert.Equal(4, rejection.Line);
        Assert.Contains("200 characters", rejection.Message, StringComparison.Ordinal);
    }
}
