using System.Buffers;
using System.Globalization;
using System.Text;

namespace Newsletter.Mime;

/// <summary>
/// Sanitizes external text for templates and headers. In rendered text a placeholder is one private-use character, so these characters
/// are removed from external text: otherwise an attacker could insert another reader's links.
/// </summary>
public static class UntrustedText
{
    private const char FirstToken = '\uE000';
    private const char LastToken = '\uE0FF';

    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(c => IsDropped(c) || char.IsSurrogate(c))]);

    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"'");

    internal static char TokenOf(Placeholder mark) => (char)(FirstToken + (int)mark);

    internal static bool IsToken(char character, out Placeholder mark)
    {
        mark = (Placeholder)(character - FirstToken);
        return character is >= FirstToken and <= LastToken && Enum.IsDefined(mark);
    }

    /// <summary>
    /// Removes placeholder characters, control characters (except line ends and tabs) and direction overrides, which make a text look like
    /// another one. A lone surrogate becomes U+FFFD.
    /// </summary>
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
    /// <see cref="Clean"/>, on one line, with white space collapsed, at most <paramref name="limit"/> UTF-16 units, and without
    /// characters that change the text direction.
    /// </summary>
    public static string OneLine(string text, int limit = int.MaxValue)
    {
        var undirected = string.Concat(Clean(text).Where(c => c is not (>= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069')));
        var line = string.Join(' ', undirected.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
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
    /// Escapes for HTML text and quoted attributes. Letters and emoji are unchanged, unlike with .NET's HtmlEncoder, which converts every
    /// character outside the Basic Multilingual Plane to <c>&amp;#x…;</c>.
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
        c is (>= FirstToken and <= LastToken) or '\u202D' or '\u202E' or '\uFFFE' or '\uFFFF' || (char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
}
