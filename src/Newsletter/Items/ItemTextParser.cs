namespace Newsletter.Items;

/// <summary>
/// Parses the text form of a curated article: a title line, then sections in any order, each optional, and a credit line. Only the first
/// occurrence of a heading begins a section; a second one is text of the current section.
/// </summary>
internal static class ItemTextParser
{
    /// <param name="text">Without a byte order mark, lines separated by <c>\n</c>.</param>
    /// <exception cref="NotAnItem">No title, no known section, or a limit of an item is exceeded.</exception>
    public static ParsedItem Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.Trim()).ToArray();
        var warnings = new List<Finding>();
        var title = ReadTitle(lines, out var next);
        var credit = FindCredit(lines, next);
        var sections = ReadSections(lines, next, credit, warnings);
        if (sections.Count == 0)
        {
            throw new NotAnItem(next, "there is no known section (Summary, Key takeaway, …) after the title");
        }
        var creditLine = credit.Start.Equals(credit.End) ? null : string.Join(' ', lines[credit]);
        var (curator, publication) = creditLine is null ? (null, null) : CreditLine.Read(creditLine);
        var content = new ItemContent
        {
            Title = title,
            Summary = sections.GetValueOrDefault(ItemSection.Summary)?.Paragraphs(),
            KeyTakeaway = sections.GetValueOrDefault(ItemSection.KeyTakeaway)?.Paragraphs(),
            KeyInsights = sections.GetValueOrDefault(ItemSection.KeyInsights)?.Entries() ?? [],
            Principles = sections.GetValueOrDefault(ItemSection.Principles)?.Entries() ?? [],
            Method = sections.GetValueOrDefault(ItemSection.Method)?.Paragraphs(),
            InPractice = sections.GetValueOrDefault(ItemSection.InPractice)?.Entries() ?? [],
            Topics = sections.GetValueOrDefault(ItemSection.Topics)?.Topics() ?? [],
            BestFor = sections.GetValueOrDefault(ItemSection.BestFor)?.Labels() ?? [],
            Related = sections.GetValueOrDefault(ItemSection.Related)?.Entries() ?? [],
            Credit = creditLine,
            Curator = curator,
            Publication = publication,
        };
        return new ParsedItem(content, null, warnings);
    }

    private static string ReadTitle(string[] lines, out int next)
    {
        var first = Array.FindIndex(lines, line => line.Length > 0);
        if (first < 0)
        {
            throw new NotAnItem(1, "the file is empty");
        }
        next = first + 1;
        if (ItemText.IsBlank(lines[first]))
        {
            throw new NotAnItem(next, "there is no title: the first line contains no visible character");
        }
        if (ItemHeadings.TryRead(lines[first], out _, out _) || CreditLine.Is(lines[first]))
        {
            throw new NotAnItem(next, $"there is no title: the first line is '{ItemText.Shortened(lines[first])}'");
        }
        return lines[first].Length <= ItemContent.TitleLimit
            ? lines[first]
            : throw new NotAnItem(next, $"the title is longer than {ItemContent.TitleLimit} characters");
    }

    /// <summary>The last credit line, so that an earlier sentence of the same form stays text; its two sentences may be on two lines.</summary>
    private static Range FindCredit(string[] lines, int next)
    {
        var last = Array.FindLastIndex(lines, CreditLine.Is);
        if (last < next)
        {
            return next..next;
        }
        var isSplit = last > next && CreditLine.Read(lines[last]) is (null, not null) && CreditLine.Read(lines[last - 1]) is (not null, null);
        return (isSplit ? last - 1 : last)..(last + 1);
    }

    private static Dictionary<ItemSection, SectionBody> ReadSections(string[] lines, int next, Range credit, List<Finding> warnings)
    {
        var sections = new Dictionary<ItemSection, SectionBody>();
        SectionBody? current = null;
        for (var i = next; i < lines.Length; i++)
        {
            if (i >= credit.Start.Value && i < credit.End.Value)
            {
                current = null;
                continue;
            }
            if (ItemHeadings.TryRead(lines[i], out var section, out var text))
            {
                if (sections.TryAdd(section, new SectionBody(i + 1, text)))
                {
                    current = sections[section];
                    continue;
                }
                warnings.Add(new Finding(i + 1, $"the heading '{ItemText.Shortened(lines[i])}' occurs here a second time and was read as text"));
            }
            if (current is not null)
            {
                current.Lines.Add(lines[i]);
            }
            else if (lines[i].Length > 0)
            {
                warnings.Add(new Finding(i + 1, $"'{ItemText.Shortened(lines[i])}' belongs to no section and was ignored"));
            }
        }
        return sections;
    }
}
