using Newsletter.Mime;

namespace Newsletter.Tests.Mime;

public class WrappingTests
{
    [Fact]
    public void Lines_have_at_most_72_columns_and_points_hang()
    {
        var lines = Wrapping.Wrap(string.Join(' ', Enumerable.Repeat("seven7 letters", 20)), "- ", "  ").Split('\n');
        Assert.True(lines.Length > 3);
        Assert.StartsWith("- seven7", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.StartsWith("  ", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 72));
    }

    [Fact]
    public void A_word_longer_than_a_line_stays_whole()
    {
        var url = "https://example.com/" + new string('x', 100);
        Assert.Equal(["See", url, "there"], Wrapping.Wrap($"See {url} there").Split('\n'));
    }

    [Fact]
    public void Wide_characters_take_two_columns_and_need_no_spaces()
    {
        var lines = Wrapping.Wrap(new string('数', 35) + "据。" + new string('字', 10)).Split('\n');
        Assert.Equal([new string('数', 35), "据。" + new string('字', 10)], lines);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("  a \r\n b\t c ", "a b c")]
    [InlineData("数据 and data 数据", "数据 and data 数据")]
    [InlineData("AI数据。OK", "AI数据。OK")]
    [InlineData("👩‍👩‍👧 x", "👩‍👩‍👧 x")]
    public void Short_text_stays_on_one_line(string text, string wrapped) => Assert.Equal(wrapped, Wrapping.Wrap(text));
}
