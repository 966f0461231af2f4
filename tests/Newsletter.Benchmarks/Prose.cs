using System.Globalization;
using Newsletter.Items;

namespace Newsletter.Benchmarks;

/// <summary>Articles as long as real ones, of 4,000 words that are used as unevenly as words are.</summary>
internal static class Prose
{
    private static readonly string[] Words = [.. Enumerable.Range(0, 4000).Select(Word)];
    private static readonly Zipf Weights = new(Words.Length, 0.8);
    private static readonly string[] Roles = ["CTO", "Data Engineer", "AI Engineer", "Product Manager", "CISO", "VP of Engineering", "UX Designer"];

    /// <param name="told">False for one that says nothing by which stories are found: its text is its method.</param>
    /// <param name="words">In its summary.</param>
    public static ItemContent Item(int number, bool told, int words = 110)
    {
        var random = new Random(Seed.Of("prose", number));
        var (title, summary) = (Text(random, 9), Text(random, words));
        return new ItemContent
        {
            Title = told ? title : "Item " + number.ToString(CultureInfo.InvariantCulture),
            Url = told ? $"https://example.org/articles/{number}" : null,
            Summary = told ? summary : null,
            Method = told ? null : title + summary,
            KeyTakeaway = Text(random, 25),
            KeyInsights = [Text(random, 20), Text(random, 20), Text(random, 20)],
            InPractice = [Text(random, 20), Text(random, 20)],
            Topics = [Words[random.Next(200)], Words[random.Next(200)]],
            BestFor = [Roles[random.Next(Roles.Length)], Roles[random.Next(Roles.Length)]],
            Publication = $"Journal {random.Next(40)}",
        };
    }

    private static string Text(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[Weights.Draw(random)]));

    private static string Word(int number)
    {
        var random = new Random(Seed.Of("word", number));
        return string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => $"{"bcdfglmnprst"[random.Next(12)]}{"aeiou"[random.Next(5)]}"));
    }
}
