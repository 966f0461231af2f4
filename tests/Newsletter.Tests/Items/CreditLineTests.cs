
namespace Newsletter.Tests.Items;

public sealed class CreditLineTests
{
    private const string Curation = "Editorial summary, takeaway, and curation by";
    private const string Original = "Original article published by";

    [Theory]
    [InlineData($"{Curation} AIssential. {Original} The Rundown AI.", "AIssential", "The Rundown AI")]
    [InlineData($"{Curation} AIssential. {Original} The Rundown AI", "AIssential", "The Rundown AI")]
    [InlineData($"{Curation} AIssential {Original} The Rundown AI.", "AIssential", "The Rundown AI")]
    [InlineData($"{Curation} AIssential.  {Original} Dr. Dobb's Journal.", "AIssential", "Dr. Dobb's Journal")]
    [InlineData($"{Curation} A.I. Desk Ltd. {Original} wired.example.com.", "A.I. Desk Ltd", "wired.example.com")]
    [InlineData($"{Curation} Ines by the Sea. {Original} News by Night.", "Ines by the Sea", "News by Night")]
    [InlineData($"EDITORIAL SUMMARY, TAKEAWAY, AND CURATION BY AIssential. original article published by X.", "AIssential", "X")]
    [InlineData("Editorial summary and curation by Ines. " + Original + " Le Monde.", "Ines", "Le Monde")]
    [InlineData($"{Curation} AIssential.", "AIssential", null)]
    [InlineData($"{Curation} AIssential. {Original}", "AIssential", null)]
    [InlineData($"{Curation} AIssential. {Original} .", "AIssential", null)]
    [InlineData($"{Curation} . {Original} The Rundown AI.", null, "The Rundown AI")]
    [InlineData($"{Original} The Rundown AI.", null, "The Rundown AI")]
    public void Curator_and_publication_come_from_the_credit_line_which_is_kept_word_for_word(string line, string? curator, string? publication)
    {
        foreach (var ending in new[] { "", "\n", "   ", "\t\r\n\r\n" })
        {
            var item = Article.Content($"A title\r\nSummary\r\nText.\r\nRelated on AIssential\r\n{line}{ending}");

            Assert.Equal((line, curator, publication), (item.Credit, item.Curator, item.Publication));
            Assert.Empty(item.Related);
        }
    }

    [Fact]
    public void Its_two_sentences_may_stand_on_two_lines()
    {
        var item = Article.Of("Summary", "Text.", $"{Curation} Ines.", $"{Original} The Slow Wire.");

        Assert.Equal(("Ines", "The Slow Wire"), (item.Curator, item.Publication));
        Assert.Equal($"{Curation} Ines. {Original} The Slow Wire.", item.Credit);
        Assert.Equal("Text.", item.Summary);
    }

    [Fact]
    public void A_sentence_like_it_in_a_section_stays_text()
    {
        var item = Article.Of("Summary", $"{Original} the team drew laughter.", "It was wrong.", Article.Credit);

        Assert.Equal($"{Original} the team drew laughter. It was wrong.", item.Summary);
        Assert.Equal("The Slow Wire", item.Publication);
    }

    [Fact]
    public void A_line_of_more_than_500_characters_is_text()
    {
        var line = $"{Original} {new string('x', 500)}";

        Assert.Equal((line, null), (Article.Of("Summary", line).Summary, Article.Of("Summary", line).Credit));
    }

    [Fact]
    public void It_may_stand_before_the_sections()
    {
        var item = Article.Of(Article.Credit, "Summary", "Text.");

        Assert.Equal(("Text.", Article.Credit), (item.Summary, item.Credit));
    }
}
