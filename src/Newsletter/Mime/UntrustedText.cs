using System.Buffers;
using System.Globalization;
using System.Text;

namespace Newsletter.Mime;

/// <summary>
/// Makes text from outside harmless for templates and headers. A mark is one private-use character in rendered text,
/// so none of these may come in from outside: whoever could write one could place another reader's links.
/// </summary>
public static class UntrustedText
{
    private const char FirstMark = '\uE000';
    private const char LastMark = '\uE0FF';

    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(c => IsDropped(c) || char.IsSurrogate(c))]);

    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"'");

    internal static char TokenOf(Placeholder mark) => (char)(FirstMark + (int)mark);

    internal static bool IsToken(char character, out Placeholder mark)
    {
        mark = (Placeholder)(character - FirstMark);
        return character is >= FirstMark and <= LastMark && Enum.IsDefined(mark);
    }

    /// <summary>Without marks, control characters (line ends and tabs stay) and overrides of direction, which show a text as another; a lone surrogate becomes U+FFFD.</summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAny(Suspects) < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!rune.IsBmp || !IsDropped((char)rune.Value))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    /// <summary>
    /// <see cref="Clean"/>, on one line, white space run together, at most <paramref name="limit"/> UTF-16 units,
    /// without characters that turn the direction of what follows.
    /// </summary>
    public static string OneLine(string text, int limit = int.MaxValue)
    {
        var turned = string.Concat(Clean(text).Where(c => c is not (>= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069')));
        var line = string.Join(' ', turned.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= limit)
        {
            return line;
        }

        var end = 0;
        while (end + StringInfo.GetNextTextElementLength(line.AsSpan(end)) is var next && next < limit)
        {
            end = next;
        }

        return line[..end].TrimEnd() + "…";
    }

    /// <summary>
    /// Escaped for HTML text and quoted attributes. Letters and emoji stay what they are, unlike with .NET's HtmlEncoder,
    /// which turns every character beyond the first plane into <c>&amp;#x…;</c>.
    /// </summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    private static bool IsDropped(char c) =>
        c is (>= FirstMark and <= LastMark) or '\u202D' or '\u202E' or '\uFFFE' or '\uFFFF' || (char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
}
