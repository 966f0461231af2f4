using System.Diagnostics.CodeAnalysis;

namespace Newsletter.Items;

internal enum ItemSection
{
    Summary,
    KeyTakeaway,
    KeyInsights,
    Principles,
    Method,
    InPractice,
    Topics,
    BestFor,
    Related,
}

/// <summary>
/// The headings of the text form. A heading is one of these phrases alone on a line without a bullet, in any letter case, with or without a
/// colon; or the phrase, a colon and the first text of the section.
/// </summary>
internal static class ItemHeadings
{
    private static readonly Dictionary<string, ItemSection> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Summary"] = ItemSection.Summary,
        ["Key takeaway"] = ItemSection.KeyTakeaway,
        ["Key insights"] = ItemSection.KeyInsights,
        ["Principles"] = ItemSection.Principles,
        ["Method"] = ItemSection.Method,
        ["In practice"] = ItemSection.InPractice,
        ["Topics"] = ItemSection.Topics,
        ["Best for"] = ItemSection.BestFor,
        ["Related on AIssential"] = ItemSection.Related,
    };

    /// <param name="text">The text after the colon on the same line; empty when there is none.</param>
    public static bool TryRead(string line, out ItemSection section, out string text)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var words = colon < 0 ? line : line[..colon];
        text = colon < 0 ? "" : line[(colon + 1)..].Trim();
        return Sections.TryGetValue(Spaced(words), out section);
    }

    private static string Spaced(string words) => string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>The marker of a list entry: <c>-</c>, <c>*</c>, <c>•</c> or a number with a dot, and a space.</summary>
internal static class Bullet
{
    public static bool TryRemove(string line, [NotNullWhen(true)] out string? text)
    {
        var digits = line.TakeWhile(char.IsAsciiDigit).Count();
        var mark = line switch
        {
            ['•', ..] => 1,
            ['-' or '*'] => 1,
            ['-' or '*', var next, ..] when char.IsWhiteSpace(next) => 1,
            _ when digits is > 0 and <= 3 && line.Length > digits && line[digits] == '.'
                && (line.Length == digits + 1 || char.IsWhiteSpace(line[digits + 1])) => digits + 1,
            _ => 0,
        };
        text = mark == 0 ? null : line[mark..].Trim();
        return mark > 0;
    }
}
