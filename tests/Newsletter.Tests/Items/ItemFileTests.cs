using System.Text;
using Newsletter.Items;

namespace Newsletter.Tests.Items;

/// <summary>Bytes from outside: encodings, sizes, and which form they are in.</summary>
public sealed class ItemFileTests
{
    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    public void Byte_order_mark_line_ends_and_trailing_blanks_do_not_matter(string lineEnd)
    {
        var text = "\uFEFF" + string.Join(lineEnd, Article.Text.Split('\n').Select(line => line + " \t")) + lineEnd;

        Assert.Equal(Article.Facts(Article.Content(Article.Text)), Article.Facts(Article.Content(text)));
    }

    [Fact]
    public void Stray_control_characters_are_taken_out()
    {
        var item = Article.Of("Summary", "A \u001b[31mred\u0007 text\u009b.");

        Assert.Equal("A [31mred text.", item.Summary);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void A_file_in_another_encoding_is_rejected(string encoding)
    {
        var withMark = Encoding.GetEncoding(encoding).GetPreamble().Concat(Encoding.GetEncoding(encoding).GetBytes(Article.Text)).ToArray();

        var rejection = Assert.Single(ItemFile.Read(withMark)).Rejection!;
        Assert.Equal(1, rejection.Line);
        Assert.True(rejection.Message.Contains("not UTF-8", StringComparison.Ordinal), rejection.Message);
        Assert.NotNull(Assert.Single(ItemFile.Read(Encoding.GetEncoding(encoding).GetBytes(Article.Text))).Rejection);
    }

    [Theory]
    [InlineData("A title\nSummary\ncaf\u00e9", 3)]
    [InlineData("\u00e9", 1)]
    [InlineData("A title\r\nSummary\r\n\r\nna\u00efve\r\nend", 4)]
    public void Bytes_that_are_not_UTF8_are_rejected_with_their_line(string latin1, int line)
    {
        var rejection = Assert.Single(ItemFile.Read(Encoding.Latin1.GetBytes(latin1))).Rejection!;

        Assert.Equal((line, "it is not UTF-8"), (rejection.Line, rejection.Message));
    }

    [Fact]
    public void The_line_of_a_bad_byte_is_right_far_down_and_behind_letters_of_several_bytes()
    {
        byte[] bytes = [.. Article.Bytes("Ein Titel\nSummary\n" + string.Concat(Enumerable.Repeat("数据 😀 é\n", 5000))), (byte)'x', 0xC3];

        Assert.Equal(5003, Assert.Single(ItemFile.Read(bytes)).Rejection!.Line);
    }

    [Fact]
    public void What_is_no_character_is_left_out() =>
        Assert.Equal("It works.", Article.Of("Summary", "It \uFFFEworks\uFFFF.").Summary);

    [Fact]
    public void A_NUL_is_rejected_with_its_line() => Assert.Equal(3, Article.Rejection("A title\nSummary\na\0b").Line);

    [Theory]
    [InlineData("", "")]
    [InlineData("\uFEFF", "")]
    [InlineData(" \n\t\r\n", "")]
    [InlineData("", "x.json")]
    [InlineData("\n", "x.jsonl")]
    public void An_empty_file_is_rejected(string text, string path) => Assert.Equal(new Finding(1, "the file is empty"), Article.Rejection(text, path));

    [Fact]
    public void An_item_may_have_256_kB_and_no_more()
    {
        const string Head = "A title\nSummary\n";
        var fits = Head + new string('x', ItemFile.ItemLimit - Head.Length);

        Assert.Equal(262_144, Article.Bytes(fits).Length);
        Article.Content(fits);
        Article.Content("\uFEFF" + fits);
        Assert.Equal(new Finding(1, "it is larger than 256 kB"), Article.Rejection(fits + "x"));
        Assert.NotNull(Article.Rejection(Head + new string('é', ItemFile.ItemLimit / 2)));
    }

    [Fact]
    public void A_JSON_item_may_have_256_kB_and_no_more_alone_in_lines_and_in_a_list()
    {
        const string Head = """{"title":"A title","summary":""", Tail = "\"}";
        var fits = Head + '"' + new string('x', ItemFile.ItemLimit - Head.Length - Tail.Length - 1) + Tail;
        var over = fits.Replace("A title", "A title.", StringComparison.Ordinal);

        Assert.Equal(ItemFile.ItemLimit, fits.Length);
        Article.Content(fits);
        Article.Rejection(over);
        Assert.Equal([true, false], Article.Read($"{fits}\n{over}").Select(reading => reading.Content is not null));
        Assert.Equal([true, false], Article.Read($"[{fits},{over}]").Select(reading => reading.Content is not null));
    }

    [Fact]
    public void Lines_of_JSON_are_items_and_a_bad_line_does_not_stop_the_others()
    {
        var readings = Article.Read("""
            {"title":"One","summary":"1"}

            {"title":"Two","summary":
            {"title":"Three","summary":"3"}
            {"summary":"no title"}
            [1]
            oops
            {"title":"Four","summary":"4"}
            """.Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.Equal(["One", "Three", "Four"], readings.Where(r => r.Content is not null).Select(r => r.Content!.Title));
        Assert.Equal([1, 4, 8], readings.Where(r => r.Content is not null).Select(r => r.Line));
        Assert.Equal([3, 5, 6, 7], readings.Where(r => r.Content is null).Select(r => r.Rejection!.Line));
    }

    [Theory]
    [InlineData("""{"title":"Broken","summary":""", "")]
    [InlineData("oops", "some.jsonl")]
    [InlineData("""{"title":"Broken"]}""", "")]
    public void The_first_line_may_be_the_bad_one(string bad, string path)
    {
        var readings = Article.Read(bad + "\n{\"title\":\"Good\",\"summary\":\"g\"}\n", path);

        Assert.Equal(1, readings[0].Rejection!.Line);
        Assert.Equal("Good", readings[1].Content!.Title);
    }

    [Fact]
    public void A_line_of_JSON_that_is_not_UTF8_is_rejected_alone()
    {
        byte[] bytes =
        [
            .. Article.Bytes("{\"title\":\"A\",\"summary\":\"a\"}\n{\"title\":\""), 0xFF,
            .. Article.Bytes("\",\"summary\":\"b\"}\n{\"title\":\"C\",\"summary\":\"c\"}"),
        ];

        var readings = ItemFile.Read(bytes).ToList();
        Assert.Equal(new Finding(2, "it is not UTF-8"), readings[1].Rejection);
        Assert.Equal(["A", "C"], readings.Where(r => r.Content is not null).Select(r => r.Content!.Title));
        Assert.Equal("it is not UTF-8", Assert.Single(ItemFile.Read((byte[])[.. "[{\"title\":\""u8, 0xFF, .. "\"}]"u8])).Rejection!.Message);
    }

    [Fact]
    public void A_list_of_JSON_names_the_entries_that_are_bad()
    {
        var readings = Article.Read("""[{"title":"One","summary":"1"}, 7, {"summary":"x"}, {"title":"Four","topics":["t"]}]""");

        Assert.Equal(["One", null, null, "Four"], readings.Select(r => r.Content?.Title));
        Assert.StartsWith("entry 2: ", readings[1].Rejection!.Message, StringComparison.Ordinal);
        Assert.StartsWith("entry 3: ", readings[2].Rejection!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n \"title\": \"x\",\n \"summary\": oops\n}", "", 3)]
    [InlineData("[{\"title\":\"x\",\"summary\":\"y\"},\n{]", "", 2)]
    [InlineData("A title\nSummary\nText.", "misnamed.json", 1)]
    [InlineData("{title: 1}", "x.json", 1)]
    public void Broken_JSON_is_rejected_with_its_line(string text, string path, int line)
    {
        var rejection = Article.Rejection(text, path);

        Assert.Equal(line, rejection.Line);
        Assert.Contains("not valid JSON", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_bad_items_end_the_reading_of_their_file()
    {
        var lines = Article.Read(string.Concat(Enumerable.Repeat("{}\n", 5000)));
        var entries = Article.Read($"[{{}}{string.Concat(Enumerable.Repeat(",1", 5000))}]");

        Assert.All([lines, entries], readings =>
        {
            Assert.Equal(ItemFile.BadLimit + 1, readings.Count);
            Assert.Contains("not read", readings[^1].Rejection!.Message, StringComparison.Ordinal);
        });
    }
}
