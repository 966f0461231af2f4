using Newsletter.Items;

namespace Newsletter.Tests.Items;

/// <summary>However the same facts are written down, the same content is read.</summary>
public sealed class ItemFormsTests
{
    private static readonly string[] Bullets = ["- ", "* ", "• ", "•", "1. ", "27.\t", ""];
    private static readonly string[] LineEnds = ["\n", "\r\n", "\r"];
    private static readonly string[] Blanks = ["", " ", "  ", "\t"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Order_letter_case_line_ends_bullets_and_blanks_change_nothing(int seed)
    {
        var random = new Random(seed);
        var item = Facts(random);

        var content = Article.Content(Written(item, random));

        Assert.Equal(Article.Facts(item), Article.Facts(content));
    }

    private static ItemContent Facts(Random random)
    {
        // Words that could be taken for headings or bullets if they stood alone.
        string[] words = ["summary", "method", "key", "takeaway", "topics:", "best", "for", "1.5", "published", "by", "é", "数据", "😀", "a-b", "<b>"];
        string Sentence() => "So " + string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => words[random.Next(words.Length)])) + " it is";
        string? Maybe() => random.Next(4) == 0 ? null : Sentence();
        string[] List() => [.. Enumerable.Range(0, random.Next(0, 5)).Select(i => $"{Sentence()} {i}")];
        return new ItemContent
        {
            Title = Sentence(), Summary = Sentence(), KeyTakeaway = Maybe(), KeyInsights = List(), Principles = List(), Method = Maybe(),
            InPractice = List(), Topics = List(), BestFor = [.. Enumerable.Range(0, random.Next(0, 4)).Select(i => $"Keeper of {(char)('k' + i)}")],
            Related = List(), Credit = Article.Credit, Curator = "Ines Vale", Publication = "The Slow Wire",
        };
    }

    private static string Written(ItemContent item, Random random)
    {
        string Any(string[] choices) => choices[random.Next(choices.Length)];
        string Cased(string text) => random.Next(3) switch { 0 => text.ToUpperInvariant(), 1 => text.ToLowerInvariant(), _ => text };

        List<List<string>> sections = [];
        void Text(string heading, string? text)
        {
            if (text is null)
            {
                return;
            }
            sections.Add(random.Next(2) == 0
                ? [$"{Cased(heading)}{Any(Blanks)}:{Any(Blanks)}{text}"]
                : [Cased(heading) + Any(["", ":"]), .. text.Split(" it ", 2) is [var a, var b] && random.Next(2) == 0 ? new[] { a, "it " + b } : [text]]);
        }
        void List(string heading, IReadOnlyList<string> entries)
        {
            if (entries.Count > 0 || random.Next(2) == 0)
            {
                sections.Add([Cased(heading) + Any(["", ":"]), .. entries.Select(entry => Any(Bullets) + entry)]);
            }
        }
        Text("Summary", item.Summary);
        Text("Key takeaway", item.KeyTakeaway);
        List("Key insights", item.KeyInsights);
        List("Principles", item.Principles);
        Text("Method", item.Method);
        List("In practice", item.InPractice);
        List("Topics", item.Topics);
        if (random.Next(2) == 0)
        {
            List("Best for", item.BestFor);
        }
        else
        {
            sections.Add([$"{Cased("Best for")}: {string.Join(Any([",", ", ", "; "]), item.BestFor)}"]);
        }
        List("Related on AIssential", item.Related);
        sections.Add([item.Credit!]);
        var shuffled = sections.ToArray();
        random.Shuffle(shuffled);

        var lines = shuffled.SelectMany(section => section).Prepend(item.Title).Select(line => Any(Blanks) + line + Any(Blanks)).ToList();
        if (random.Next(2) == 0)
        {
            lines.Insert(0, Any(Blanks));
        }
        var lineEnd = Any(LineEnds);
        return Any(["", "\uFEFF"]) + string.Join(lineEnd, lines) + Any(["", lineEnd, lineEnd + lineEnd]);
    }
}
