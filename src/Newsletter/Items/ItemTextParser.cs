using Newsletter.Targeting;

namespace Newsletter.Items;

/// <summary>
/// Reads the text form of a curated article: a title line, then sections in any order, each optional, and a credit line.
/// Only a section's first heading counts; a second one is text of the section it stands in.
/// </summary>
internal static class ItemTextParser
{
    public const int TitleLimit = 300;

    /// <param name="text">Without byte order mark; any line ends.</param>
    /// <exception cref="NotAnItem">No title, or no known section.</exception>
    public static ItemReading Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.Trim()).ToArray();
        var warnings = new List<Finding>();
        var title = ReadTitle(lines, out var next);
        var (sections, credit) = ReadSections(lines, next, warnings);
        if (sections.Count == 0)
        {
            throw new NotAnItem(next, "there is no known section (Summary, Key takeaway, …) after the title");
        }
        var (curator, publication) = credit is null ? (null, null) : CreditLine.Read(credit);
        var content = new ItemContent
        {
            Title = title,
            Summary = Paragraphs(sections, ItemSection.Summary),
            KeyTakeaway = Paragraphs(sections, ItemSection.KeyTakeaway),
            KeyInsights = Entries(sections, ItemSection.KeyInsights),
            Principles = Entries(sections, ItemSection.Principles),
            Method = Paragraphs(sections, ItemSection.Method),
            InPractice = Entries(sections, ItemSection.InPractice),
            Topics = Entries(sections, ItemSection.Topics, inline: text => text.Split([',', ';'])),
            BestFor = Entries(sections, ItemSection.BestFor, RoleLabel.Split, RoleLabel.Split),
            Related = Entries(sections, ItemSection.Related),
            Credit = credit,
            Curator = curator,
            Publication = publication,
        };
        return new ItemReading(content, null, warnings);
    }

    private static string ReadTitle(string[] lines, out int next)
    {
        var first = Array.FindIndex(lines, line => line.Length > 0);
        if (first < 0)
        {
            throw new NotAnItem(1, "the file is empty");
        }
        next = first + 1;
        if (ItemHeadings.TryRead(lines[first], out _, out _) || CreditLine.Is(lines[first]))
        {
            throw new NotAnItem(next, $"there is no title: the first line is the heading '{Shortened(lines[first])}'");
        }
        return lines[first].Length <= TitleLimit
            ? lines[first]
            : throw new NotAnItem(next, $"the title is longer than {TitleLimit} characters");
    }

    private static (Dictionary<ItemSection, Body> Sections, string? Credit) ReadSections(string[] lines, int next, List<Finding> warnings)
    {
        var sections = new Dictionary<ItemSection, Body>();
        Body? current = null;
        string? credit = null;
        for (var i = next; i < lines.Length; i++)
        {
            var line = lines[i];
            if (ItemHeadings.TryRead(line, out var section, out var text))
            {
                if (sections.TryAdd(section, new Body(text)))
                {
                    current = sections[section];
                    continue;
                }
                warnings.Add(new Finding(i + 1, $"the heading '{Shortened(line)}' stands here a second time and was taken as text"));
            }
            if (credit is null && CreditLine.Is(line))
            {
                (credit, current) = (line, null);
            }
            else if (current is not null)
            {
                current.Lines.Add(line);
            }
            else if (line.Length > 0)
            {
                warnings.Add(new Finding(i + 1, $"'{Shortened(line)}' belongs to no section and was left out"));
            }
        }
        return (sections, credit);
    }

    /// <summary>Lines run on within a paragraph; a blank line ends it, and a list entry keeps a line of its own.</summary>
    private static string? Paragraphs(Dictionary<ItemSection, Body> sections, ItemSection section)
    {
        if (!sections.TryGetValue(section, out var body))
        {
            return null;
        }
        var text = body.Inline;
        var between = text.Length == 0 ? "" : " ";
        foreach (var line in body.Lines)
        {
            if (line.Length == 0)
            {
                between = text.Length == 0 ? "" : "\n\n";
                continue;
            }
            text += (between == " " && Bullet.TryRemove(line, out _) ? "\n" : between) + line;
            between = " ";
        }
        return text.Length == 0 ? null : text;
    }

    /// <param name="inline">How the text behind the heading's colon divides into entries; as one, when not given.</param>
    /// <param name="each">How each line divides into entries.</param>
    private static List<string> Entries(
        Dictionary<ItemSection, Body> sections, ItemSection section,
        Func<string, IEnumerable<string>>? inline = null, Func<string, IEnumerable<string>>? each = null)
    {
        if (!sections.TryGetValue(section, out var body))
        {
            return [];
        }
        return (inline?.Invoke(body.Inline) ?? [body.Inline])
            .Concat(body.Lines.Select(line => Bullet.TryRemove(line, out var text) ? text : line).SelectMany(line => each?.Invoke(line) ?? [line]))
            .Select(entry => entry.Trim())
            .Where(entry => entry.Length > 0)
            .Distinct()
            .ToList();
    }

    private static string Shortened(string line) => line.Length <= 40 ? line : line[..39] + "…";

    private sealed record Body(string Inline)
    {
        public List<string> Lines { get; } = [];
    }
}
