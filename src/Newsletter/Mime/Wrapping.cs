using System.Globalization;
using System.Text;

namespace Newsletter.Mime;

/// <summary>Wraps plain text to at most 72 columns; East Asian characters and emoji take two columns. Longer words are not split.</summary>
public static class Wrapping
{
    public const int Columns = 72;

    /// <param name="text">One paragraph; line ends in it are treated as spaces.</param>
    /// <param name="first">Prefix of the first line: <c>"- "</c>.</param>
    /// <param name="indent">Prefix of all other lines.</param>
    public static string Wrap(string text, string first = "", string indent = "")
    {
        var lines = new StringBuilder(first);
        var column = first.Length;
        var fresh = true;
        foreach (var (word, width, spaced) in Words(text))
        {
            var gap = spaced && !fresh ? 1 : 0;
            if (!fresh && column + gap + width > Columns)
            {
                lines.Append('\n').Append(indent);
                (column, gap) = (indent.Length, 0);
            }

            lines.Append(' ', gap).Append(word);
            column += gap + width;
            fresh = false;
        }

        return lines.ToString();
    }

    /// <summary>Unbreakable units of the text: the unit, its width in columns, and whether white space preceded it.</summary>
    private static IEnumerable<(string Word, int Width, bool Spaced)> Words(string text)
    {
        foreach (var run in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            // Fast path: below U+0300 there are no combining or wide characters.
            if (run.AsSpan().IndexOfAnyExceptInRange('!', '\u02FF') < 0)
            {
                yield return (run, run.Length, true);
                continue;
            }

            var (word, width, spaced, ideograph) = (new StringBuilder(), 0, true, false);
            foreach (var element in Elements(run))
            {
                // Chinese and Japanese have no spaces: a line may break after any ideograph, but not before closing punctuation.
                var wide = IsWide(element);
                if (word.Length > 0 && (wide || ideograph) && !IsClosing(element))
                {
                    yield return (word.ToString(), width, spaced);
                    (width, spaced) = (0, false);
                    word.Clear();
                }

                word.Append(element);
                width += wide ? 2 : 1;
                ideograph = wide;
            }

            yield return (word.ToString(), width, spaced);
        }
    }

    private static IEnumerable<string> Elements(string run)
    {
        var elements = StringInfo.GetTextElementEnumerator(run);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }

    private static bool IsWide(string element) => Rune.GetRuneAt(element, 0).Value is
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x3FFFD);

    private static bool IsClosing(string element) => "、。，．」』）】》〉！？：；,.!?:;)]}%…".Contains(element, StringComparison.Ordinal);
}
