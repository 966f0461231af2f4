using System.Text;
using Newsletter.Roles;

namespace Newsletter.Items;

/// <summary>The body of a section of the text form, and the ways to parse it.</summary>
/// <param name="Line">The line of the heading, from 1.</param>
/// <param name="Inline">The text after the heading's colon; empty when there is none.</param>
internal sealed record SectionBody(int Line, string Inline)
{
    /// <summary>Trimmed, including blank lines.</summary>
    public List<string> Lines { get; } = [];

    private IEnumerable<string> AllLines => Lines.Prepend(Inline);

    /// <summary>
    /// Joins the lines of each paragraph. A blank line ends a paragraph, and a list entry stays on a separate line. A single entry is not a
    /// list.
    /// </summary>
    /// <returns>Null when there is no text.</returns>
    public string? Paragraphs()
    {
        if (AllLines.Where(line => line.Length > 0).Take(2).ToList() is [var only])
        {
            return Bullet.TryRemove(only, out var bare) ? NullIfEmpty(bare) : only;
        }
        var text = new StringBuilder();
        var isNew = false;
        foreach (var line in AllLines)
        {
            if (line.Length == 0)
            {
                isNew = true;
                continue;
            }
            if (text.Length > 0)
            {
                text.Append(isNew ? "\n\n" : Bullet.TryRemove(line, out _) ? "\n" : " ");
            }
            text.Append(line);
            isNew = false;
        }
        return NullIfEmpty(text.ToString());
    }

    /// <summary>One entry per line.</summary>
    /// <exception cref="NotAnItem">There are too many entries.</exception>
    public IReadOnlyList<string> Entries() => Limited(AllLines.Select(Bare));

    /// <summary>As <see cref="Entries"/>; entries after the colon are separated by commas or semicolons.</summary>
    /// <exception cref="NotAnItem">There are too many entries.</exception>
    public IReadOnlyList<string> Topics() => Limited(Bare(Inline).Split([',', ';']).Concat(Lines.Select(Bare)).Select(topic => topic.Trim()));

    /// <summary>Each line may contain several labels.</summary>
    /// <exception cref="NotAnItem">There are too many labels, or one is too long.</exception>
    public IReadOnlyList<string> Labels()
    {
        try
        {
            return Limited(AllLines.SelectMany(line => RoleLabel.Split(Bare(line))).DistinctBy(RoleLabel.Normalise));
        }
        catch (Refusal refusal)
        {
            throw new NotAnItem(Line, refusal.Message);
        }
    }

    private List<string> Limited(IEnumerable<string> entries)
    {
        var limited = entries.Where(entry => entry.Length > 0).Distinct().Take(ItemContent.ListLimit + 1).ToList();
        return limited.Count <= ItemContent.ListLimit
            ? limited
            : throw new NotAnItem(Line, $"the section that begins here has more than {ItemContent.ListLimit} entries");
    }

    private static string Bare(string line) => Bullet.TryRemove(line, out var text) ? text : line;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
