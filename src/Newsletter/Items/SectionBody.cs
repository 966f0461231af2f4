using System.Text;
using Newsletter.Roles;

namespace Newsletter.Items;

/// <summary>What stands under a heading of the text form, and the ways to read it.</summary>
/// <param name="Line">Of the heading, from 1.</param>
/// <param name="Inline">What follows the heading's colon; empty when nothing does.</param>
internal sealed record SectionBody(int Line, string Inline)
{
    /// <summary>Trimmed, the blank ones too.</summary>
    public List<string> Lines { get; } = [];

    private IEnumerable<string> AllLines => Lines.Prepend(Inline);

    /// <summary>
    /// Lines run on within a paragraph; a blank line ends it, and a list entry keeps a line of its own. One entry alone is no list.
    /// </summary>
    /// <returns>Null when there is nothing.</returns>
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

    /// <summary>An entry a line.</summary>
    /// <exception cref="NotAnItem">They are too many.</exception>
    public IReadOnlyList<string> Entries() => Limited(AllLines.Select(Bare));

    /// <summary>As <see cref="Entries"/>; those behind the colon are divided by commas or semicolons.</summary>
    /// <exception cref="NotAnItem">They are too many.</exception>
    public IReadOnlyList<string> Topics() => Limited(Bare(Inline).Split([',', ';']).Concat(Lines.Select(Bare)).Select(topic => topic.Trim()));

    /// <summary>Every line may hold several.</summary>
    /// <exception cref="NotAnItem">They are too many, or one is too long.</exception>
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
