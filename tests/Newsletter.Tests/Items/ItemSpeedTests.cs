using System.Diagnostics;
using System.Text;
using Newsletter.Items;

namespace Newsletter.Tests.Items;

/// <summary>What is huge or malicious must not take for ever. The limits are far above what is needed, and far below what a mistake costs.</summary>
public sealed class ItemSpeedTests
{
    public static TheoryData<string, string> Malicious => new()
    {
        { "short lines", "Summary\n" + Repeated("ab\n") },
        { "short list entries", "Summary\n" + Repeated("- a\n") },
        { "one line", "Summary\n" + Repeated("x") },
        { "blanks", "Summary\nx" + Repeated(" ") + "x" },
        { "colons", "Summary\n" + Repeated(":") },
        { "credit lines", "Summary\n" + Repeated("Editorial summary by a Original article published by b\n") },
        { "a long credit line", "Summary\nEditorial summary" + Repeated(" by Original article published by") },
        { "credit words", "Summary\n" + Repeated("Editorial summary, key, key, key, key, and and and and and and and and and and and and and and and x\n") },
        { "credit blanks", "Summary\n" + Repeated("Original article published by" + new string(' ', 400) + "x" + new string(' ', 50) + "y\n") },
        {
            "curator blanks",
            "Summary\n" + Repeated("Editorial summary by" + new string(' ', 200) + ". ." + new string(' ', 200) + "Original article published by x y\n")
        },
        { "second headings", "Summary\n" + Repeated("Summary:\n") },
        { "labels", "Best for: " + Repeated("a,b,") },
        { "different labels", "Best for: " + string.Join(',', Enumerable.Range(0, 40_000)) },
        { "brackets", "Best for: " + Repeated("(") },
        { "label lines", "Best for\n" + string.Join('\n', Enumerable.Range(0, 40_000)) },
    };

    [Theory]
    [MemberData(nameof(Malicious))]
    public void An_item_of_256_kB_is_read_in_seconds_whatever_it_holds(string what, string text)
    {
        var watch = Stopwatch.StartNew();

        _ = Article.One("A title\n" + text);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{what}: {watch.Elapsed}");
    }

    [Fact]
    public void Lines_of_JSON_of_64_MB_are_read_in_bounded_time()
    {
        var summary = new string('s', 1500);
        var line = $$"""{"title":"A title","summary":"{{summary}}","topics":["a","b"],"bestFor":[{"label":"CTO"},{"label":"AI Engineer"}]}""" + "\n";
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, ItemFile.FileLimit / line.Length)));
        var watch = Stopwatch.StartNew();

        Assert.Equal(ItemFile.FileLimit / line.Length, ItemFile.Read(bytes).Count(reading => reading.Content is not null));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), watch.Elapsed.ToString());
    }

    [Theory]
    [InlineData("{\n")]
    [InlineData("\n")]
    [InlineData("{}\n")]
    [InlineData("[")]
    [InlineData("[{},")]
    [InlineData("{\"a\":")]
    public void Nonsense_of_64_MB_is_rejected_in_bounded_time(string bit)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(bit, ItemFile.FileLimit / bit.Length)));
        var watch = Stopwatch.StartNew();

        Assert.DoesNotContain(ItemFile.Read(bytes, "x.jsonl"), reading => reading.Content is not null);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), watch.Elapsed.ToString());
    }

    private static string Repeated(string bit) => string.Concat(Enumerable.Repeat(bit, (ItemFile.ItemLimit - 100) / bit.Length));
}
